#include "store/half_floats.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/error.h"

namespace aver {
namespace {

TensorBytes tensor_of(const std::vector<float>& values) {
  TensorBytes tensor{"F32", {static_cast<std::int64_t>(values.size())}, {}};
  tensor.bytes.resize(values.size() * sizeof(float));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

std::vector<float> floats_of(const TensorBytes& tensor) {
  EXPECT_EQ(tensor.dtype, "F32");
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

TEST(HalfFloats, KeepThreeDecimalsOfEachNumbersOwnSize) {
  const std::vector<float> values = {0, 1, -1, .1F, 3.14159F, 65504, 1.2345e-4F, -2.5e-8F};
  const auto half = as_f16(tensor_of(values));
  EXPECT_EQ(half.dtype, "F16");
  EXPECT_EQ(half.bytes.size(), 2 * values.size());
  const auto back = floats_of(as_f32(half));
  ASSERT_EQ(back.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(back[i], values[i], std::max(std::abs(values[i]) / 2000, 3.1e-8F));
  }
}

TEST(HalfFloats, HaveTheBytesOfTheStandard) {
  const auto half = as_f16(tensor_of({1, -2, 65504, .5F}));
  std::vector<std::uint16_t> bits(4);
  std::memcpy(bits.data(), half.bytes.data(), 8);
  EXPECT_THAT(bits, testing::ElementsAre(0x3c00, 0xc000, 0x7bff, 0x3800));
}

TEST(HalfFloats, EveryOneOfThemStaysItself) {
  TensorBytes all{"F16", {0}, {}};
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7c00) == 0x7c00) continue;  // infinities, and what is no number
    all.bytes.push_back(static_cast<std::byte>(bits & 0xff));
    all.bytes.push_back(static_cast<std::byte>(bits >> 8));
    ++all.shape[0];
  }
  EXPECT_EQ(as_f16(as_f32(all)).bytes, all.bytes);
}

TEST(HalfFloats, BetweenTwoOfThemTheEvenOneIsTaken) {
  const float step = 0x1p-10F;  // from one number to the next above 1
  const float least = 0x1p-24F;
  const auto back = floats_of(as_f32(
      as_f16(tensor_of({1 + step / 2, 1 + 3 * step / 2, 2 - step / 2, least / 2, 3 * least / 2}))));
  EXPECT_THAT(back, testing::ElementsAre(1, 1 + 2 * step, 2, 0, 2 * least));
}

TEST(HalfFloats, TakeNoNumberThatIsTooLarge) {
  EXPECT_NO_THROW(as_f16(tensor_of({-65519})));
  for (const float value : {70000.F, 65520.F, -65520.F, INFINITY, NAN}) {
    EXPECT_THROW(as_f16(tensor_of({value})), Error) << value;
  }
}

TEST(HalfFloats, InfinitiesAndWhatIsNoNumberAreReadAsThat) {
  TensorBytes half{"F16", {3}, {}};
  const std::vector<std::uint16_t> bits = {0x7c00, 0xfc00, 0x7e00};
  half.bytes.resize(6);
  std::memcpy(half.bytes.data(), bits.data(), 6);
  EXPECT_THAT(floats_of(as_f32(half)), testing::ElementsAre(INFINITY, -INFINITY, testing::IsNan()));
}

TEST(HalfFloats, BrainFloatsAreReadToo) {
  TensorBytes brain{"BF16", {2}, {}};
  const std::vector<std::uint16_t> bits = {0x3f80, 0xc049};  // 1 and what is left of -pi
  brain.bytes.resize(4);
  std::memcpy(brain.bytes.data(), bits.data(), 4);
  EXPECT_THAT(floats_of(as_f32(brain)), testing::ElementsAre(1, -3.140625F));
}

TEST(HalfFloats, OtherTypesStay) {
  const TensorBytes whole{"I64", {1}, std::vector<std::byte>(8, std::byte{1})};
  EXPECT_EQ(as_f32(whole).bytes, whole.bytes);
}

}  // namespace
}  // namespace aver
