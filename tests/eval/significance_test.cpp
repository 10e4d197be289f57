#include "eval/significance.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "eval/calibration.h"

namespace aver {
namespace {

nlohmann::json golden() {
  return nlohmann::json::parse(read_file(fs::path(AVER_GOLDEN_DIR) / "fusion.json"));
}

/// `units` units with `right` of ten items right in each, all of one class.
UnitOutcomes ten_each(std::size_t units, std::size_t right) {
  UnitOutcomes outcomes(units, 2);
  for (std::size_t u = 0; u < units; ++u) {
    for (std::size_t i = 0; i < 10; ++i) outcomes.add(u, 0, i < right);
  }
  return outcomes;
}

TEST(PercentileInterval, IsNumpys) {
  const auto json = golden()["percentiles"];
  const auto interval = percentile_interval(json["values"]);
  EXPECT_NEAR(interval.low, json["expected"][0].get<double>(), 1e-12);
  EXPECT_NEAR(interval.high, json["expected"][1].get<double>(), 1e-12);
  EXPECT_THAT([&] { percentile_interval({}); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("at least one bootstrap draw")));
}

TEST(Bootstrap, HasNoWidthWhereUnitsAreAlike) {
  const auto draws = bootstrap({ten_each(5, 7)}, 100, 1);
  for (const double accuracy : draws[0].accuracy) EXPECT_DOUBLE_EQ(accuracy, .7);
  for (const double uar : draws[0].uar) EXPECT_FLOAT_EQ(static_cast<float>(uar), .7F);
}

TEST(Bootstrap, HasTheStandardErrorOfTheMeanOverUnits) {
  // Accuracy of each unit is 0 or 1, half of them each: the mean of n draws has sqrt(.25 / n).
  constexpr std::size_t kUnits = 100;
  UnitOutcomes outcomes(kUnits, 1);
  for (std::size_t u = 0; u < kUnits; ++u) outcomes.add(u, 0, u % 2 == 0);
  const auto draws = bootstrap({outcomes}, 20000, 3);
  double mean = 0, square = 0;
  for (const double value : draws[0].accuracy) {
    mean += value / 20000;
    square += value * value / 20000;
  }
  EXPECT_NEAR(mean, .5, .002);
  EXPECT_NEAR(std::sqrt(square - mean * mean), .05, .001);
  const auto interval = percentile_interval(draws[0].accuracy);
  EXPECT_NEAR(interval.low, .40, .011);  // .5 ± 1.96 · .05, in steps of .01
  EXPECT_NEAR(interval.high, .60, .011);
}

TEST(Bootstrap, LeavesOutClassesADrawDoesNotHave) {
  // One unit has only class 0, all right; the other only class 1, all wrong.
  UnitOutcomes outcomes(2, 2);
  outcomes.add(0, 0, true);
  outcomes.add(1, 1, false);
  bool one_class = false;
  const auto draws = bootstrap({outcomes}, 200, 9);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(draws[0].uar[i], draws[0].accuracy[i]);
    one_class = one_class || draws[0].uar[i] == 1;
  }
  EXPECT_TRUE(one_class);
}

TEST(Bootstrap, IsTheSameForAnyNumberOfWorkersAndOfSystems) {
  UnitOutcomes mixed(6, 2);
  for (std::size_t u = 0; u < 6; ++u) {
    for (std::size_t i = 0; i < 20; ++i) mixed.add(u, i % 2, (i * 7 + u) % 11 < u + 3);
  }
  const auto alone = bootstrap({mixed}, 1000, 42);
  const auto together = bootstrap({ten_each(6, 4), mixed}, 1000, 42, 4);
  EXPECT_EQ(alone[0].accuracy, together[1].accuracy);
  EXPECT_EQ(alone[0].uar, together[1].uar);
  EXPECT_NE(alone[0].accuracy, bootstrap({mixed}, 1000, 43)[0].accuracy);
}

TEST(Bootstrap, DrawsWithoutAnItemOfASystemDoNotCount) {
  // All ten items of this system belong to one of three units: many draws have none of them.
  UnitOutcomes outcomes(3, 1);
  for (std::size_t i = 0; i < 10; ++i) outcomes.add(1, 0, i < 8);
  const auto draws = bootstrap({outcomes}, 500, 4);
  EXPECT_TRUE(std::any_of(draws[0].accuracy.begin(), draws[0].accuracy.end(),
                          [](double value) { return std::isnan(value); }));
  const auto interval = percentile_interval(draws[0].accuracy);
  EXPECT_NEAR(interval.low, .8, 1e-12);
  EXPECT_NEAR(interval.high, .8, 1e-12);
  EXPECT_EQ(paired_difference(draws[0].accuracy, draws[0].accuracy).interval.high, 0);
}

TEST(Bootstrap, RefusesSystemsOfOtherUnits) {
  EXPECT_THAT(
      [&] {
        bootstrap({ten_each(3, 1), ten_each(4, 1)}, 10, 1);
      },
      testing::ThrowsMessage<Error>(testing::HasSubstr("the same units and classes")));
  EXPECT_TRUE(bootstrap({}, 10, 1).empty());
}

TEST(MeanIntervalOfDrawn, IsWiderByWhatTheSystemsDifferAmongThemselves) {
  BootstrapDraws low, high;
  low.accuracy.assign(2000, .4);
  high.accuracy.assign(2000, .6);
  const Interval alike = mean_interval({low, high}, &BootstrapDraws::accuracy);
  EXPECT_NEAR(alike.low, .5, 1e-12);
  EXPECT_NEAR(alike.high, .5, 1e-12);
  const Interval drawn = mean_interval_of_drawn({low, high}, &BootstrapDraws::accuracy, 1);
  EXPECT_NEAR(drawn.low, .4, 1e-12) << "a quarter of the draws has the low one twice";
  EXPECT_NEAR(drawn.high, .6, 1e-12);
  const Interval same = mean_interval_of_drawn({low, low}, &BootstrapDraws::accuracy, 1);
  EXPECT_NEAR(same.low, .4, 1e-12);
  EXPECT_NEAR(same.high, .4, 1e-12);
}

TEST(PairedDifference, SeesADifferenceThatEveryUnitShares) {
  // Units differ a lot, the two systems by one item of ten in each.
  UnitOutcomes one(8, 1), other(8, 1);
  for (std::size_t u = 0; u < 8; ++u) {
    for (std::size_t i = 0; i < 10; ++i) {
      one.add(u, 0, i < u + 2);
      other.add(u, 0, i < u + 1);
    }
  }
  const auto draws = bootstrap({one, other}, 999, 1);
  const auto difference = paired_difference(draws[0].accuracy, draws[1].accuracy);
  EXPECT_NEAR(difference.interval.low, .1, 1e-6);
  EXPECT_NEAR(difference.interval.high, .1, 1e-6);
  EXPECT_NEAR(difference.p, .002, 1e-9);  // the least that 999 draws can say
  EXPECT_EQ(paired_difference(draws[0].accuracy, draws[0].accuracy).p, 1);
}

TEST(McNemar, IsScipysBinomialTest) {
  const auto json = golden();
  for (const auto& one : json["mcnemar"]["cases"]) {
    EXPECT_NEAR(mcnemar_exact(one[0], one[1]), one[2].get<double>(), 1e-10) << one;
  }
  EXPECT_EQ(mcnemar_exact(0, 0), 1);
  EXPECT_EQ(mcnemar_exact(3, 9), mcnemar_exact(9, 3));
}

TEST(Holm, CorrectsStepByStepAndNeverFalls) {
  // Computed by hand: .01 · 4, .02 · 3, .03 · 2, .5 · 1, each at least the one before it.
  const auto corrected = holm({.03, .01, .5, .02});
  const std::vector<double> expected = {.06, .04, .5, .06};
  ASSERT_EQ(corrected.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(corrected[i], expected[i], 1e-12);
  EXPECT_EQ(holm({.7, .8}), (std::vector<double>{1, 1}));
  EXPECT_TRUE(holm({}).empty());
}

TEST(SelectiveRisk, CountsErrorsAmongTheSurest) {
  const std::vector<Answer> answers = {{.5, false}, {.9, true}, {.7, false}, {.8, true}};
  EXPECT_EQ(selective_risk(answers), (std::vector<double>{0, 0, 1.0 / 3, .5}));
  EXPECT_NEAR(area_under_risk_coverage(answers), (1.0 / 3 + .5) / 4, 1e-12);
  EXPECT_EQ(area_under_risk_coverage({}), 0);
}

}  // namespace
}  // namespace aver
