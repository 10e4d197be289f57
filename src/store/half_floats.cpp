#include "store/half_floats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/error.h"

namespace aver {
namespace {

// Arithmetic instead of a type of the compiler's: std::float16_t comes with C++23, and _Float16 is
// not there in every compiler that reads C++20.

constexpr int kMantissaBits = 10;
constexpr int kLeastExponent = -14;          // of a number that has all its bits
constexpr std::uint16_t kInfinity = 0x7c00;  // what is above it is no number
constexpr std::uint16_t kSign = 0x8000;

/// The bits of the nearest number of 16 bits, of two that are as near the even one; more than
/// 65504 gives infinity or bits above its own, and so does what is no number.
std::uint16_t half_bits(float value) {
  const std::uint16_t sign = std::signbit(value) ? kSign : 0;
  const float size = std::abs(value);
  if (!(size < 65536)) return sign | kInfinity;
  const int exponent = size > 0 ? std::max(std::ilogb(size), kLeastExponent) : kLeastExponent;
  const float steps = std::nearbyint(std::ldexp(size, kMantissaBits - exponent));
  // The first bit of a number of full size stands for one more exponent, and carries into it.
  return sign + static_cast<std::uint16_t>(((exponent - kLeastExponent) << kMantissaBits) +
                                           static_cast<int>(steps));
}

float value_of_half(std::uint16_t bits) {
  const int exponent = (bits & kInfinity) >> kMantissaBits;
  const int steps = bits & ((1 << kMantissaBits) - 1);
  float size;
  if (exponent == kInfinity >> kMantissaBits) {
    size = steps == 0 ? std::numeric_limits<float>::infinity()
                      : std::numeric_limits<float>::quiet_NaN();
  } else {
    const int whole = exponent == 0 ? steps : steps + (1 << kMantissaBits);
    size = std::ldexp(static_cast<float>(whole),
                      std::max(exponent, 1) - 1 + kLeastExponent - kMantissaBits);
  }
  return (bits & kSign) != 0 ? -size : size;
}

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
  return converted<float, std::uint16_t>(tensor, "F16", [](float value) {
    const std::uint16_t bits = half_bits(value);
    if ((bits & kInfinity) == kInfinity) {
      throw Error("{} is more than a number of 16 bits can be", value);
    }
    return bits;
  });
}

TensorBytes as_f32(TensorBytes tensor) {
  if (tensor.dtype == "F16") {
    return converted<std::uint16_t, float>(tensor, "F32", value_of_half);
  }
  if (tensor.dtype == "BF16") {
    return converted<std::uint16_t, float>(tensor, "F32", [](std::uint16_t value) {
      return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
    });
  }
  return tensor;
}

}  // namespace aver
