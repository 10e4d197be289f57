#include "eval/conformal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "drawn_pairs.h"

namespace aver {
namespace {

using test::DrawnPairs;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<ConformalItem> items_of(const std::vector<double>& of_truths) {
  std::vector<ConformalItem> items;
  for (std::size_t i = 0; i < of_truths.size(); ++i) items.push_back({of_truths[i], i});
  return items;
}

TEST(ConformalThreshold, IsTheRankByHand) {
  const auto items = items_of({.9, .1, .8, .2, .7, .3, .6, .4, .5});
  EXPECT_EQ(conformal_threshold(items, .1), .1);   // ⌊.1 · 10⌋ = 1
  EXPECT_EQ(conformal_threshold(items, .2), .2);   // ⌊.2 · 10⌋ = 2
  EXPECT_EQ(conformal_threshold(items, .39), .3);  // ⌊3.9⌋ = 3
  EXPECT_EQ(conformal_threshold(items, .09), 0);   // ⌊.9⌋ = 0: nothing can be ruled out
}

TEST(ConformalThreshold, NeedsAsManyItemsAsItSays) {
  EXPECT_EQ(fewest_conformal_items(.1), 9u);
  EXPECT_EQ(fewest_conformal_items(.05), 19u);
  EXPECT_EQ(fewest_conformal_items(.3), 3u);
  EXPECT_EQ(fewest_conformal_items(.9), 1u);
  for (const double alpha : {.01, .05, .1, .15, .2, .3, .5, .9}) {
    const std::size_t fewest = fewest_conformal_items(alpha);
    EXPECT_GT(conformal_threshold(items_of(std::vector<double>(fewest, .5)), alpha), 0) << alpha;
    EXPECT_EQ(conformal_threshold(items_of(std::vector<double>(fewest - 1, .5)), alpha), 0)
        << alpha;
  }
}

TEST(ConformalThreshold, RefusesRatesThatAreNone) {
  for (const double alpha : {0.0, 1.0, -.1, 1.5, std::nan("")}) {
    EXPECT_THAT([&] { conformal_threshold(items_of({.5}), alpha); },
                ThrowsMessage<Error>(HasSubstr("lies between 0 and 1")));
    EXPECT_THROW(thresholds_without_each_unit({}, 0, alpha), Error);
  }
}

TEST(ConformalThreshold, WithoutAUnitIsThatOfTheOthers) {
  Random random(3);
  std::vector<ConformalItem> items;
  for (std::size_t i = 0; i < 200; ++i) {
    items.push_back({random.uniform(), static_cast<std::size_t>(random.uniform() * 7)});
  }
  items[10].truth_probability = items[20].truth_probability;  // a tie
  for (const double alpha : {.004, .05, .1, .37}) {
    const auto thresholds = thresholds_without_each_unit(items, 8, alpha);
    ASSERT_EQ(thresholds.size(), 8u);
    for (std::size_t unit = 0; unit < 8; ++unit) {  // the last has no items
      auto others = items;
      std::erase_if(others, [&](const ConformalItem& item) { return item.unit == unit; });
      EXPECT_EQ(thresholds[unit], conformal_threshold(others, alpha)) << unit << " " << alpha;
    }
  }
}

TEST(ConformalSet, HoldsWhatReachesTheThresholdAndIsNeverEmpty) {
  const std::vector<double> p = {.2, .5, .05, .25};
  EXPECT_THAT(conformal_set(p, .2), ElementsAre(1, 3, 0));
  EXPECT_THAT(conformal_set(p, .26), ElementsAre(1));
  EXPECT_THAT(conformal_set(p, 1), ElementsAre(1));
  EXPECT_THAT(conformal_set(p, 0), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(conformal_set(std::vector<double>{1}, .5), ElementsAre(0));
}

TEST(ConformalSet, HoldsTheTruthAsOftenAsItPromises) {
  // Exchangeable clips: coverage lies between 1 - alpha and 1 - alpha + 1 / (n + 1), and what the
  // likeliest class adds, which is always in.
  for (const double alpha : {.05, .1, .2}) {
    double held = 0, tried = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const DrawnPairs drawn(seed, {{1.0, 1.5}}, 100, 1 + 1, 4);
      std::vector<ConformalItem> items;
      for (std::size_t i = 0; i < drawn.clips.size(); ++i) {
        const auto& clip = drawn.clips[i];
        if (i % 2 == 0) items.push_back({clip.answers[0][clip.truth], clip.group});
      }
      const double threshold = conformal_threshold(items, alpha);
      for (std::size_t i = 1; i < drawn.clips.size(); i += 2) {
        const auto set = conformal_set(drawn.clips[i].answers[0], threshold);
        held += std::count(set.begin(), set.end(), drawn.clips[i].truth) > 0 ? 1 : 0;
        ++tried;
      }
    }
    EXPECT_GE(held / tried, 1 - alpha - .01) << alpha;
    EXPECT_LE(held / tried, 1 - alpha + .02) << alpha;
  }
}

}  // namespace
}  // namespace aver
