#include "eval/fusion_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "eval/calibration.h"
#include "eval/fusion_rules.h"
#include "eval/logistic_regression.h"
#include "eval/temperature.h"
#include "eval/weighted_rule.h"
#include "fusion_golden.h"

namespace aver {
namespace {

using test::Golden;
using test::labelled;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Values = std::vector<double>;

/// Each row's values of `one`, then those of `other`.
Values side_by_side(const std::vector<Values>& one, const std::vector<Values>& other) {
  Values result;
  for (std::size_t i = 0; i < one.size(); ++i) {
    result.insert(result.end(), one[i].begin(), one[i].end());
    result.insert(result.end(), other[i].begin(), other[i].end());
  }
  return result;
}

/// How far a regression's answers to its items are from those of another program.
double largest_difference(const LogisticRegression& model, const Values& features,
                          const std::vector<Values>& expected) {
  const std::size_t width = features.size() / expected.size();
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto answer = model.predict(std::span(features).subspan(i * width, width));
    for (std::size_t c = 0; c < answer.size(); ++c) {
      largest = std::max(largest, std::abs(answer[c] - expected[i][c]));
    }
  }
  return largest;
}

TEST(LogisticRegression, PredictsWhatScikitLearnPredicts) {
  const Golden golden;
  const Values features = side_by_side(golden.audio, golden.visual);
  const auto model =
      LogisticRegression::fit(features, 2 * golden.classes, golden.truths, golden.classes);
  // Both minimise the same convex function; scikit-learn's solver stops a little earlier.
  EXPECT_LT(largest_difference(model, features, golden.json["stacked"]["probabilities"]), 1e-6);
}

TEST(LogisticRegression, PredictsWhatScipyPredictsWhenItIsShrunkToOthers) {
  const Golden golden;
  std::vector<Values> audio, visual;
  for (std::size_t i = 0; i < golden.truths.size(); ++i) {
    audio.push_back(logarithms(golden.audio[i]));
    visual.push_back(logarithms(golden.visual[i]));
  }
  const Values features = side_by_side(audio, visual);
  const std::size_t classes = golden.classes, columns = 2 * classes + 1;
  Values product(classes * columns, 0.0);
  for (std::size_t k = 0; k < classes; ++k) {
    product[k * columns + k] = product[k * columns + classes + k] = 1;
  }
  const auto toward = LogisticRegression::of(2 * classes, classes, product);
  const auto fitted = [&](double strength) {
    return LogisticRegression::fit_toward(features, golden.truths, toward, strength);
  };
  const auto& shrunk = golden.json["shrunk"];
  const std::vector<Values> expected = shrunk["probabilities"];
  EXPECT_LT(largest_difference(fitted(shrunk["strength"]), features, expected), 1e-6);
  const Values held = fitted(1e12).coefficients();
  for (std::size_t j = 0; j < product.size(); ++j) EXPECT_NEAR(held[j], product[j], 1e-6);
  EXPECT_THAT([&] { LogisticRegression::fit_toward(Values(3), golden.truths, toward, 1); },
              ThrowsMessage<Error>(HasSubstr("needs 1280 values, not 3")));
  EXPECT_THAT([&] { LogisticRegression::of(8, 4, Values(35)); },
              ThrowsMessage<Error>(HasSubstr("has 36 coefficients, not 35")));
}

TEST(LogisticRegression, GivesAnAbsentClassNothingAndNeedsTwo) {
  const Values features = {0, 1, 0, 1, 1, 0, 1, 0};
  const auto model = LogisticRegression::fit(features, 2, {0, 0, 2, 2}, 3);
  const auto answer = model.predict(Values{0, 1});
  EXPECT_EQ(answer[1], 0);
  EXPECT_GT(answer[0], .5);
  EXPECT_NEAR(answer[0] + answer[2], 1, 1e-12);
  EXPECT_THAT(
      [&] {
        LogisticRegression::fit(features, 2, {1, 1, 1, 1}, 3);
      },
      ThrowsMessage<Error>(HasSubstr("at least two classes")));
  EXPECT_THAT(
      [&] {
        LogisticRegression::fit(features, 3, {0, 0, 2, 2}, 3);
      },
      testing::ThrowsMessage<Error>(testing::HasSubstr("needs 12 values, not")));
  EXPECT_THAT([&] { model.predict(Values{1}); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("cannot take 1")));
}

TEST(LogisticRegression, ConvergesOnSeparableItems) {
  Random random(5);
  Values features;
  std::vector<std::size_t> truths;
  for (std::size_t i = 0; i < 60; ++i) {
    truths.push_back(i % 3);
    for (std::size_t f = 0; f < 3; ++f) {
      features.push_back(f == i % 3 ? 1.0 : .001 * random.uniform());
    }
  }
  const auto model = LogisticRegression::fit(features, 3, truths, 3);
  for (const double value : model.coefficients()) EXPECT_TRUE(std::isfinite(value));
  EXPECT_GT(model.predict(Values{0, 1, 0})[1], .8);
}

TEST(Temperature, IsTheOneScipyFinds) {
  const Golden golden;
  EXPECT_NEAR(fit_temperature(labelled(golden.audio, golden.truths)),
              golden.json["temperature"]["audio"].get<double>(), 1e-5);
  EXPECT_NEAR(fit_temperature(labelled(golden.visual, golden.truths)),
              golden.json["temperature"]["visual"].get<double>(), 1e-5);
}

TEST(Temperature, UndoesWhatItDid) {
  const Values p = {.7, .2, .1};
  const auto softer = with_temperature(p, 3);
  EXPECT_LT(softer[0], .7);
  EXPECT_NEAR(std::accumulate(softer.begin(), softer.end(), 0.0), 1, 1e-12);
  const auto back = with_temperature(softer, 1.0 / 3);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(back[i], p[i], 1e-12);
}

TEST(Temperature, StaysWithinItsBoundsAndTakesZeros) {
  const std::vector<Values> right = {{1, 0}, {0, 1}}, wrong = {{0, 1}, {1, 0}};
  // The likelihood of what is always right keeps growing, until it is flat to the last digit.
  const double coldest = fit_temperature(labelled(right, {0, 1}));
  EXPECT_GE(coldest, 1.0 / 20);
  EXPECT_LT(coldest, .25);
  EXPECT_NEAR(fit_temperature(labelled(wrong, {0, 1})), 20, 1e-3);
  EXPECT_THAT([&] { fit_temperature({}); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("without any distribution")));
}

TEST(Weights, AreTheOnesNumpyFinds) {
  const Golden golden;
  const double audio = golden.json["audio_weight"]["expected"];
  EXPECT_EQ(fit_weights(golden.clips()), (Values{audio, 1 - audio}));
}

TEST(Weights, GoToTheModalityThatIsAlwaysBetter) {
  const Values good = {.9, .1}, bad = {.2, .8};
  EXPECT_EQ(fit_weights({{{good, bad}, 0}}), (Values{1, 0}));
  EXPECT_EQ(fit_weights({{{bad, good}, 0}}), (Values{0, 1}));
  EXPECT_EQ(fit_weights({{{bad, good, bad}, 0}}), (Values{0, 1, 0}));
  EXPECT_EQ(fit_weights({{{bad, bad, bad, good, bad, bad, bad}, 0}}),
            (Values{0, 0, 0, 1, 0, 0, 0}));
}

TEST(Weights, OfThreeAreTheBestOnTheirGrid) {
  Random random(3);
  std::vector<Values> answers;
  for (int i = 0; i < 90; ++i) {
    const double p = .05 + .9 * random.uniform();
    answers.push_back({p, 1 - p});
  }
  std::vector<FusionFitClip> clips;
  for (std::size_t i = 0; i < 30; ++i) {
    clips.push_back({{answers[3 * i], answers[3 * i + 1], answers[3 * i + 2]}, i % 2});
  }
  const auto value_of = [&](const Values& weights) {
    std::pair<int, double> value;  // right answers, log likelihood
    for (const FusionFitClip& clip : clips) {
      Values fused(2);
      weighted_average(clip.answers, weights, fused);
      value.first += fused[clip.truth] > fused[1 - clip.truth] ? 1 : 0;
      value.second += std::log(fused[clip.truth]);
    }
    return value;
  };
  const Values found = fit_weights(clips);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_NEAR(found[0] + found[1] + found[2], 1, 1e-12);
  for (int a = 0; a <= 50; ++a) {
    for (int b = 0; a + b <= 50; ++b) {
      EXPECT_LE(value_of({a / 50., b / 50., (50 - a - b) / 50.}).first, value_of(found).first);
    }
  }
}

TEST(FitFusion, LeavesOutClipsThatLackAModality) {
  const Golden golden;
  auto clips = golden.clips();
  const FusionFit whole = fit_fusion(clips, golden.classes, golden.modalities);
  clips.push_back({{Values(), golden.visual[0]}, golden.truths[0]});
  const FusionFit more = fit_fusion(clips, golden.classes, golden.modalities);
  EXPECT_EQ(more.temperatures[0], whole.temperatures[0]);
  EXPECT_NE(more.temperatures[1], whole.temperatures[1]);
  for (const char* name : {"weighted", "stacked", "calibrated-product", "log-linear"}) {
    const auto answer = [&](const FusionFit& fit) {
      return fuse(fit.ready(fusion_rule(name), false), {golden.audio[1], golden.visual[1]})
          .probabilities;
    };
    EXPECT_EQ(answer(more), answer(whole)) << name;
  }
}

TEST(FitFusion, RulesThatAreFittedKnowHowManyModalitiesTheyTake) {
  const Golden golden;
  const FusionFit fit = fit_fusion(golden.clips(), golden.classes, golden.modalities);
  const ModalityDistributions three = {golden.audio[0], golden.visual[0], golden.audio[0]};
  EXPECT_THAT([&] { fuse(fit.ready(fusion_rule("weighted"), false), three); },
              ThrowsMessage<Error>(HasSubstr("2 weights were fitted, and 3 modalities")));
  EXPECT_THAT([&] { fuse(fit.ready(fusion_rule("stacked"), true), three); },
              ThrowsMessage<Error>(HasSubstr("features")));
}

TEST(FitFusion, ScaledRulesAreFittedToScaledDistributions) {
  const Golden golden;
  const FusionFit fit = fit_fusion(golden.clips(), golden.classes, golden.modalities);
  const auto scaled = [&](std::size_t i) {
    return std::pair(with_temperature(golden.audio[i], fit.temperatures[0]),
                     with_temperature(golden.visual[i], fit.temperatures[1]));
  };
  std::vector<std::pair<Values, Values>> kept;
  for (std::size_t i = 0; i < golden.truths.size(); ++i) kept.push_back(scaled(i));
  std::vector<FusionFitClip> clips;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    clips.push_back({{kept[i].first, kept[i].second}, golden.truths[i]});
  }
  EXPECT_EQ(fit.ready(fusion_rule("weighted"), true).weights, fit_weights(clips));
}

TEST(FitFusion, SaysWhatIsMissing) {
  const Values p = {.5, .5};
  const std::vector<std::string> names = {"audio", "text"};
  EXPECT_THAT(
      [&] {
        fit_fusion({{{p, Values()}, 0}}, 2, names);
      },
      ThrowsMessage<Error>(HasSubstr("none of the 1 clips to fit on has the modality text")));
  EXPECT_THAT(
      [&] {
        fit_fusion({{{p, Values()}, 0}, {{Values(), p}, 1}}, 2, names);
      },
      ThrowsMessage<Error>(HasSubstr("none of the 2 clips to fit on has all modalities")));
  EXPECT_THAT(
      [&] {
        fit_fusion({{{p, p}, 0}}, 2, names);
      },
      ThrowsMessage<Error>(HasSubstr("at least two classes")));
}

TEST(NegativeLogLikelihood, IsScikitLearnsLogLoss) {
  const Golden golden;
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < golden.truths.size(); ++i) {
    const Values& p = golden.audio[i];
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    answers.push_back({0, false, p[golden.truths[i]] / sum});
  }
  EXPECT_NEAR(negative_log_likelihood(answers), golden.json["log_loss"]["audio"].get<double>(),
              1e-12);
  EXPECT_NEAR(negative_log_likelihood({{.9, false, 0}}), -std::log(kProbabilityFloor), 1e-12);
}

}  // namespace
}  // namespace aver
