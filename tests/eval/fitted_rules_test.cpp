// Rules that are fitted by likelihood: the calibrated product, the log-linear pool, stacking.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "drawn_pairs.h"
#include "eval/calibrated_product_rule.h"
#include "eval/calibration.h"
#include "eval/confusion.h"
#include "eval/fusion_rules.h"
#include "eval/log_linear_rule.h"
#include "eval/plain_rules.h"
#include "eval/stacked_rule.h"
#include "eval/temperature.h"
#include "fusion_golden.h"

namespace aver {
namespace {

using test::DrawnModality;
using test::DrawnPairs;
using test::Golden;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Values = std::vector<double>;

// Both give more to their likeliest class than they are right by; together twice so.
const std::vector<DrawnModality> kTooSure = {{1.5, 3.0}, {1.0, 2.5}};

/// Mean of -ln p(true class) in what a rule makes of the clips.
double likelihood_loss(const ReadyRule& rule, const std::vector<FusionFitClip>& clips) {
  double sum = 0;
  for (const FusionFitClip& clip : clips) {
    const double p = fuse(rule, clip.answers).probabilities[clip.truth];
    sum -= std::log(std::max(p, kProbabilityFloor));
  }
  return sum / static_cast<double>(clips.size());
}

double loss_of_product(const std::vector<FusionFitClip>& clips) {
  return likelihood_loss(ready_rule(fusion_rule("product")), clips);
}

TEST(Temperature, OfSomePeopleMakesOthersLikelier) {
  const DrawnPairs fitted(1, kTooSure, 12, 40), others(2, kTooSure, 12, 40);
  for (const std::size_t m : {0, 1}) {
    std::vector<Labelled> items;
    for (const auto& clip : fitted.clips) items.push_back({clip.answers[m], clip.truth});
    const double temperature = fit_temperature(items);
    EXPECT_GT(temperature, 1);
    double before = 0, after = 0;
    for (const auto& clip : others.clips) {
      before -= std::log(clip.answers[m][clip.truth]);
      after -= std::log(with_temperature(clip.answers[m], temperature)[clip.truth]);
    }
    EXPECT_LT(after, .95 * before);
  }
}

TEST(CalibratedProduct, HasTheTemperatureThatScipyFinds) {
  const Golden golden;
  std::vector<Values> products;
  for (const auto& clip : golden.clips()) products.push_back(product_of(clip.answers));
  EXPECT_NEAR(fit_temperature(test::labelled(products, golden.truths)),
              golden.json["product_temperature"]["expected"].get<double>(), 1e-5);
  // p·p has twice the temperature of p, and a temperature for each p gains nothing.
  std::vector<FusionFitClip> twice;
  for (std::size_t i = 0; i < golden.truths.size(); ++i) {
    twice.push_back({{golden.visual[i], golden.visual[i]}, golden.truths[i]});
  }
  const double alone = golden.json["temperature"]["visual"];
  const auto temperatures = fit_product_temperatures(twice);
  EXPECT_EQ(temperatures[0], 1);
  EXPECT_EQ(temperatures[1], 1);
  EXPECT_NEAR(temperatures[2], 2 * alone, 1e-4);
}

TEST(CalibratedProduct, GivesEachModalityItsOwnTemperatureWhereThatPays) {
  // One is far too sure, the other right.
  const DrawnPairs pairs(3, {{1.5, 8.0}, {1.5, 1.5}}, 10, 40);
  const auto temperatures = fit_product_temperatures(pairs.clips);
  EXPECT_GT(temperatures[0], 3);
  EXPECT_NEAR(temperatures[1], 1, .3);
}

TEST(CalibratedProduct, IsNeverLessLikelyThanTheProductAndAnswersAsItDoes) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const DrawnPairs fitted(seed, kTooSure, 8, 20), others(100 + seed, kTooSure, 8, 20);
    const ReadyRule rule = make_calibrated_product(fitted.clips, 4);
    EXPECT_LE(likelihood_loss(rule, fitted.clips), loss_of_product(fitted.clips));
    EXPECT_LT(likelihood_loss(rule, others.clips), loss_of_product(others.clips));
    if (rule.parameters[0] != 1) continue;
    for (const auto& clip : others.clips) {
      EXPECT_EQ(argmax(fuse(rule, clip.answers).probabilities), argmax(product_of(clip.answers)));
    }
  }
  // Posteriors that are right already lose nothing to speak of.
  const DrawnPairs fitted(50, {{}, {}}, 10, 40), others(51, {{}, {}}, 10, 40);
  const ReadyRule rule = make_calibrated_product(fitted.clips, 4);
  EXPECT_LT(likelihood_loss(rule, others.clips), loss_of_product(others.clips) + .01);
}

TEST(CalibratedProduct, LeavesTheOrderOfClassesOfOneModality) {
  const DrawnPairs pairs(5, kTooSure, 4, 20);
  for (const auto& clip : pairs.clips) {
    for (const double temperature : {.3, 1.0, 4.0}) {
      EXPECT_EQ(argmax(with_temperature(clip.answers[0], temperature)), argmax(clip.answers[0]));
    }
  }
}

TEST(LogLinear, HasTheExponentsThatScipyFinds) {
  const Golden golden;
  const Values expected = golden.json["exponents"]["expected"];
  const Values found = fit_exponents(golden.clips());
  ASSERT_EQ(found.size(), 2u);
  for (std::size_t m = 0; m < 2; ++m) EXPECT_NEAR(found[m], expected[m], 1e-4);
}

TEST(LogLinear, WithAnExponentOfOneAndOfNothingIsOneModality) {
  const Values one = {.7, .2, .1}, other = {.1, .3, .6};
  const ModalityDistributions answers = {one, other};
  const auto fused = [&](const Values& exponents) {
    return fuse(restore_log_linear(exponents, 2, 3), answers).probabilities;
  };
  const auto expect_near = [](const Values& found, const Values& expected) {
    for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(found[k], expected[k], 1e-12);
  };
  expect_near(fused({1, 0}), one);
  expect_near(fused({0, 1}), other);
  expect_near(fused({1, 1}), product_of(answers));
  expect_near(fused({0, 0}), Values(3, 1.0 / 3));
  EXPECT_EQ(restore_log_linear({3, 1}, 2, 3).weights, (Values{.75, .25}));
  EXPECT_EQ(restore_log_linear({0, 0}, 2, 3).weights, (Values{.5, .5}));
}

TEST(LogLinear, GivesNothingToAModalityThatIsAlwaysWrong) {
  DrawnPairs pairs(7, {{2.0, 1.0}, {-2.0, 1.0}}, 8, 20);
  const Values exponents = fit_exponents(pairs.clips);
  EXPECT_GT(exponents[0], .5);
  EXPECT_EQ(exponents[1], 0);
  // Nor does one that says the same of every clip move anything, whatever its exponent.
  const Values uniform(4, .25);
  for (auto& clip : pairs.clips) clip.answers[1] = uniform;
  EXPECT_NEAR(fit_exponents(pairs.clips)[0], exponents[0], 1e-6);
  EXPECT_THAT([] { fit_exponents({}); },
              ThrowsMessage<Error>(HasSubstr("no clip has all modalities")));
}

TEST(Stacked, IsTheCalibratedProductWhereThereIsNobodyToLeaveOut) {
  const DrawnPairs pairs(9, {{1.5, 2.0}, {1.0, 1.2}}, 1, 80);
  const ReadyRule stacked = make_stacked(pairs.clips, 4);
  const ReadyRule product = make_calibrated_product(pairs.clips, 4);
  for (const auto& clip : pairs.clips) {
    const auto one = fuse(stacked, clip.answers).probabilities;
    const auto other = fuse(product, clip.answers).probabilities;
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(one[k], other[k], 1e-9);
  }
}

TEST(Stacked, StaysNearTheCalibratedProductWhereNothingElsePays) {
  // Drawn as the product takes them to be, so what else it learns is chance.
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const DrawnPairs fitted(seed, kTooSure, 8, 20), others(60 + seed, kTooSure, 20, 20);
    EXPECT_LT(likelihood_loss(make_stacked(fitted.clips, 4), others.clips),
              likelihood_loss(make_calibrated_product(fitted.clips, 4), others.clips) + .02);
  }
}

TEST(Stacked, LearnsWhichModalityKnowsWhichClasses) {
  // The second confuses the last two classes with each other: it names the other one of them.
  const auto confused = [](DrawnPairs& pairs, std::vector<Values>& kept) {
    kept.reserve(pairs.clips.size());
    for (auto& clip : pairs.clips) {
      Values& p = kept.emplace_back(clip.answers[1].begin(), clip.answers[1].end());
      std::swap(p[2], p[3]);
      clip.answers[1] = p;
    }
  };
  DrawnPairs fitted(11, kTooSure, 12, 40), others(12, kTooSure, 12, 40);
  std::vector<Values> of_fitted, of_others;
  confused(fitted, of_fitted);
  confused(others, of_others);
  EXPECT_LT(likelihood_loss(make_stacked(fitted.clips, 4), others.clips),
            likelihood_loss(make_calibrated_product(fitted.clips, 4), others.clips) - .1);
}

TEST(Stacked, KeepsAProbabilityForAClassItWasNotShown) {
  DrawnPairs pairs(13, kTooSure, 6, 20);
  std::erase_if(pairs.clips, [](const auto& clip) { return clip.truth == 3; });
  const ReadyRule rule = make_stacked(pairs.clips, 4);
  for (const auto& clip : pairs.clips) {
    const auto p = fuse(rule, clip.answers).probabilities;
    EXPECT_GT(p[3], 0);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
  }
}

TEST(EveryFittedRule, IsMadeAgainFromItsParametersAndRefusesOthers) {
  const DrawnPairs pairs(15, {{1.5, 3.0}, {1.0, 2.0}, {0.5, 1.0}}, 6, 20);
  for (const FusionRule& rule : fusion_rules()) {
    if (!rule.fitted) continue;
    SCOPED_TRACE(rule.name);
    const ReadyRule fitted = rule.make(pairs.clips, 4);
    const ReadyRule again = rule.restore(fitted.parameters, 3, 4);
    for (const auto& clip : pairs.clips) {
      EXPECT_EQ(fuse(again, clip.answers).probabilities, fuse(fitted, clip.answers).probabilities);
    }
    Values fewer = fitted.parameters;
    fewer.pop_back();
    EXPECT_THROW(rule.restore(fewer, 3, 4), Error);
    EXPECT_THROW(rule.restore({}, 3, 4), Error);
    if (rule.name == "stacked") continue;  // a coefficient may be anything
    Values negative = fitted.parameters;
    negative.front() = -negative.front() - 1;
    EXPECT_THROW(rule.restore(negative, 3, 4), Error);
  }
}

}  // namespace
}  // namespace aver
