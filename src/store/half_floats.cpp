#include "store/half_floats.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/error.h"

namespace aver {
namespace {

/// Each number of one type as one of another.
template <typename From, typename To, typename Convert>
TensorBytes converted(const TensorBytes& tensor, const char* dtype, Convert convert) {
  const std::size_t count = tensor.bytes.size() / sizeof(From);
  TensorBytes result{dtype, tensor.shape, {}};
  result.bytes.resize(count * sizeof(To));
  for (std::size_t i = 0; i < count; ++i) {
    From from;
    std::memcpy(&from, &tensor.bytes[i * sizeof(From)], sizeof(From));
    const To to = convert(from);
    std::memcpy(&result.bytes[i * sizeof(To)], &to, sizeof(To));
  }
  return result;
}

}  // namespace

TensorBytes as_f16(const TensorBytes& tensor) {
  return converted<float, _Float16>(tensor, "F16", [](float value) {
    const auto half = static_cast<_Float16>(value);
    if (!std::isfinite(static_cast<float>(half))) {
      throw Error("{} is more than a number of 16 bits can be", value);
    }
    return half;
  });
}

TensorBytes as_f32(TensorBytes tensor) {
  if (tensor.dtype == "F16") {
    return converted<_Float16, float>(tensor, "F32",
                                      [](_Float16 value) { return static_cast<float>(value); });
  }
  if (tensor.dtype == "BF16") {
    return converted<std::uint16_t, float>(tensor, "F32", [](std::uint16_t value) {
      return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
    });
  }
  return tensor;
}

}  // namespace aver
