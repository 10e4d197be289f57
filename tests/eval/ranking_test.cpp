#include "eval/ranking.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.h"
#include "eval/significance.h"

namespace aver {
namespace {

TEST(AreaUnderRoc, IsTheShareOfPairsInTheRightOrder) {
  // scikit-learn 1.3's example of roc_auc_score: [0, 0, 1, 1] by [.1, .4, .35, .8] is .75.
  EXPECT_DOUBLE_EQ(area_under_roc({{.1, false}, {.4, false}, {.35, true}, {.8, true}}), .75);
  EXPECT_DOUBLE_EQ(area_under_roc({{.5, false}, {.5, true}}), .5) << "a tie is half";
  EXPECT_DOUBLE_EQ(area_under_roc({{.9, false}, {.1, true}}), 0);
  EXPECT_TRUE(std::isnan(area_under_roc({{.9, true}, {.1, true}})));
  EXPECT_TRUE(std::isnan(area_under_roc({})));
}

TEST(AreaUnderRoc, IsWhatCountingAllPairsGives) {
  Random random(5);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<RankedItem> items;
    for (int i = 0; i < 40; ++i) {
      items.push_back({static_cast<double>(random.below(15)), random.below(3) == 0});
    }
    double right = 0, pairs = 0;
    for (const RankedItem& one : items) {
      for (const RankedItem& other : items) {
        if (!one.positive || other.positive) continue;
        pairs += 1;
        right += one.score > other.score ? 1 : one.score == other.score ? .5 : 0;
      }
    }
    if (pairs == 0) continue;
    EXPECT_NEAR(area_under_roc(items), right / pairs, 1e-12);
  }
}

TEST(AreaUnderRocDraws, DrawWholeUnits) {
  // One unit is in the right order, the other in the wrong one.
  const std::vector<RankedItem> items = {
      {.2, false, 0}, {.8, true, 0}, {.9, false, 1}, {.1, true, 1}};
  const auto draws = area_under_roc_draws(items, 4000, 3);
  int both = 0, first = 0, second = 0;
  for (const double area : draws) {
    both += area == .25 ? 1 : 0;  // 1 of the 4 pairs
    first += area == 1 ? 1 : 0;
    second += area == 0 ? 1 : 0;
  }
  EXPECT_EQ(both + first + second, 4000);
  EXPECT_NEAR(both, 2000, 130);
  EXPECT_NEAR(first, 1000, 110);
  EXPECT_EQ(area_under_roc_draws(items, 10, 3),
            std::vector<double>(draws.begin(), draws.begin() + 10));
}

}  // namespace
}  // namespace aver
