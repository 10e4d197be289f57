#include "eval/ratio_interval.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace aver {
namespace {

TEST(RatioInterval, WeighsUnitsByWhatTheyHold) {
  const auto alike = ratio_interval({1, 2, 3}, {4, 8, 12}, 200, 1);
  EXPECT_DOUBLE_EQ(alike.low, .25);
  EXPECT_DOUBLE_EQ(alike.high, .25);
  // Of two units, a quarter of the draws has each alone, and half of them both: 5 of 14.
  const auto apart = ratio_interval({1, 4}, {10, 4}, 4000, 1);
  EXPECT_DOUBLE_EQ(apart.low, .1);
  EXPECT_DOUBLE_EQ(apart.high, 1);
  EXPECT_THAT([] { ratio_interval({0}, {0}, 10, 1); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("at least one bootstrap draw")));
}

}  // namespace
}  // namespace aver
