#include "eval/fitted_fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "drawn_pairs.h"
#include "eval/fusion_fit.h"
#include "eval/temperature.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::DrawnPairs;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Values = std::vector<double>;

FittedFusion fitted(const FusionRule& rule, const DrawnPairs& pairs) {
  const std::vector<std::string> names = {"audio", "visual", "text"};
  FittedFusion fusion;
  fusion.rule = rule.name;
  fusion.modalities.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(
                                                              pairs.clips.front().answers.size()));
  fusion.classes = {"neutral", "happy", "sad", "angry"};
  const OneFit fit = fit_rule(rule, false, pairs.clips, 4, fusion.modalities);
  fusion.of_modalities = fit.temperatures;
  fusion.parameters = fit.rule.parameters;
  fusion.fitted_on = "drawn clips";
  return fusion;
}

TEST(FittedFusion, AnswersTheSameOnceItWasWrittenAndRead) {
  const test::TemporaryFolder folder;
  const DrawnPairs pairs(1, {{1.5, 3.0}, {1.0, 2.0}}, 6, 20);
  for (const FusionRule& rule : fusion_rules()) {
    SCOPED_TRACE(rule.name);
    FittedFusion fusion = fitted(rule, pairs);
    fusion.conformal = {.1, .25};
    write_file(folder / "fusion.json", json_of(fusion).dump());
    const FittedFusion read = read_fitted_fusion(folder / "fusion.json");
    EXPECT_EQ(read.rule, fusion.rule);
    EXPECT_EQ(read.classes, fusion.classes);
    EXPECT_EQ(read.fitted_on, "drawn clips");
    EXPECT_EQ(read.conformal->threshold, .25);
    const ReadyRule one = fusion.ready(), other = read.ready();
    for (const auto& clip : pairs.clips) {
      const auto before = fusion.fuse(one, clip.answers).probabilities;
      const auto after = read.fuse(other, clip.answers).probabilities;
      for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(after[k], before[k], 1e-7);
    }
  }
}

TEST(FittedFusion, GivesAModalityThatIsAloneItsTemperature) {
  const DrawnPairs pairs(2, {{1.5, 3.0}, {1.0, 2.0}}, 6, 20);
  const Values p = {.7, .1, .1, .1};
  for (const FusionRule& rule : fusion_rules()) {
    SCOPED_TRACE(rule.name);
    const FittedFusion fusion = fitted(rule, pairs);
    const Fused alone = fusion.fuse(fusion.ready(), {Values(), p});
    EXPECT_EQ(alone.probabilities,
              rule.calibrated ? with_temperature(p, fusion.of_modalities[1]) : p);
    EXPECT_EQ(alone.decided_by, 1u);
    EXPECT_TRUE(alone.fell_back);
    EXPECT_THAT(
        [&] {
          fusion.fuse(fusion.ready(), {Values(), Values()});
        },
        ThrowsMessage<Error>(HasSubstr("no modality has a prediction")));
  }
}

TEST(FittedFusion, OfThreeNeedsAllOrOneWhereItWasFitted) {
  const DrawnPairs pairs(3, {{1.5, 3.0}, {1.0, 2.0}, {1.0, 1.0}}, 6, 20);
  const Values p = {.7, .1, .1, .1};
  const FittedFusion product = fitted(fusion_rule("product"), pairs);
  EXPECT_NO_THROW(product.fuse(product.ready(), {p, Values(), p}));
  const FittedFusion calibrated = fitted(fusion_rule("calibrated-product"), pairs);
  EXPECT_THAT(
      [&] {
        calibrated.fuse(calibrated.ready(), {p, Values(), p});
      },
      ThrowsMessage<Error>(HasSubstr("fitted to all of 3 modalities, and only 2")));
  EXPECT_NO_THROW(calibrated.fuse(calibrated.ready(), {p, p, p}));
  EXPECT_THAT(
      [&] {
        calibrated.fuse(calibrated.ready(), {p, p});
      },
      ThrowsMessage<Error>(HasSubstr("of 3 modalities, and 2 are there")));
}

/// What reading the file says when its text is this.
std::string refusal_of(const std::string& text) {
  const test::TemporaryFolder folder;
  write_file(folder / "fusion.json", text);
  try {
    read_fitted_fusion(folder / "fusion.json");
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr((folder / "fusion.json").string()));
    return error.what();
  }
  return "";
}

TEST(FittedFusion, RefusesWhatItsRuleCannotHave) {
  const DrawnPairs pairs(4, {{1.5, 3.0}, {1.0, 2.0}}, 6, 20);
  FittedFusion fusion = fitted(fusion_rule("calibrated-product"), pairs);
  fusion.conformal = {.1, .25};
  const json good = json_of(fusion);
  EXPECT_EQ(refusal_of(good.dump()), "");
  struct Case {
    const char* at;
    json value;
    const char* sentence;
  };
  for (const Case& bad : {
           Case{"/tool", "aver-predict", "is no fusion.json"},
           {"/format", 2, "a newer version of aver wrote"},
           {"/format", "x", "is damaged"},
           {"/format", 1.5, "is damaged"},
           {"/rule", "majority", "there is no fusion rule 'majority'"},
           {"/rule", 7, "is damaged"},
           {"/rule", "stacked", "has 36 coefficients, not 3"},
           {"/rule", "log-linear", "of 2 modalities has as many exponents, not 3"},
           {"/modalities", {"audio"}, "needs two modalities or more"},
           {"/modalities", {"audio", "audio"}, "each with a name of its own"},
           {"/modalities", {"audio", "visual", "text"}, "a temperature above 0 for each"},
           {"/modalities", 3, "is damaged"},
           {"/classes", json::array(), "needs two classes or more"},
           {"/classes", {"sad", "sad"}, "each with a name of its own"},
           {"/classes", {"sad", nullptr}, "is damaged"},
           {"/temperatures", "yes", "is damaged"},
           {"/modality_temperatures", {1.0, -1.0}, "a temperature above 0"},
           {"/modality_temperatures", {1.0, 0.0}, "a temperature above 0"},
           {"/modality_temperatures", {1.0, 1e-300}, "between 0.05 and 20 after a fit, and 1e-300"},
           {"/parameters", {1.0, 1.0, 1e5}, "between 0.05 and 20 after a fit, and 100000"},
           {"/modality_temperatures", {1.0}, "a temperature above 0 for each of the 2"},
           {"/modality_temperatures", {1.0, nullptr}, "is damaged"},
           {"/parameters", {1.0, 1.0, -2.0}, "a temperature is above 0, and -2 is not"},
           {"/parameters", {1.0, 1.0, 0.0}, "a temperature is above 0, and 0 is not"},
           {"/parameters", {1.0, 1.0}, "has 3 temperatures, not 2"},
           {"/parameters", {1.0, 1.0, "NaN"}, "is damaged"},
           {"/parameters", {1.0, 1.0, 1e300}, "1e+300 is no number that a fit gives"},
           {"/parameters", "1", "is damaged"},
           {"/conformal/alpha", 0.0, "lie between 0 and 1"},
           {"/conformal/alpha", 1.0, "lie between 0 and 1"},
           {"/conformal/threshold", -.1, "lie between 0 and 1"},
           {"/conformal/threshold", 1.1, "lie between 0 and 1"},
           {"/conformal/threshold", nullptr, "is damaged"},
       }) {
    SCOPED_TRACE(bad.at + bad.value.dump());
    json changed = good;
    changed[json::json_pointer(bad.at)] = bad.value;
    EXPECT_THAT(refusal_of(changed.dump()), HasSubstr(bad.sentence));
  }
  for (const char* gone : {"format", "rule", "modalities", "classes", "temperatures",
                           "modality_temperatures", "parameters", "fitted_on"}) {
    SCOPED_TRACE(gone);
    json changed = good;
    changed.erase(gone);
    EXPECT_NE(refusal_of(changed.dump()), "");
  }
}

TEST(FittedFusion, RefusesWhatIsNoJsonOrHoldsNoNumbers) {
  const DrawnPairs pairs(5, {{1.5, 3.0}, {1.0, 2.0}}, 6, 20);
  const std::string good = json_of(fitted(fusion_rule("log-linear"), pairs)).dump();
  const auto begin = good.find("\"parameters\":[") + 14;
  const auto with = [&](const std::string& number) {
    return good.substr(0, begin) + number + good.substr(good.find(',', begin));
  };
  EXPECT_EQ(refusal_of(with("1.5")), "");
  for (const char* number : {"NaN", "Infinity", "1e999", "-1e999", "-0.5", ""}) {
    EXPECT_NE(refusal_of(with(number)), "") << number;
  }
  for (const std::string& text : {std::string(), std::string("{}"), std::string("[]"),
                                  std::string("null"), good.substr(0, good.size() / 2)}) {
    EXPECT_THAT(refusal_of(text), HasSubstr("is no fusion.json of aver-evaluate-fusion"));
  }
  EXPECT_THAT([] { read_fitted_fusion("nowhere/fusion.json"); },
              ThrowsMessage<Error>(HasSubstr("nowhere/fusion.json")));
}

}  // namespace
}  // namespace aver
