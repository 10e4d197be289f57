#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "aver/emotion_recogniser.h"
#include "fusion_files.h"
#include "predict_media_fixture.h"

// aver-predict with a fusion.json: a fitted rule, and the answer "not sure".
namespace aver::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct PredictFusion : testing::Test {
  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string fusion(double threshold) const {
    return written(folder / "fusion.json", calibrated(kEmotions, threshold));
  }
  TemporaryFolder folder;
};

/// A distribution by class in the order of kEmotions.
std::vector<double> values_of(const json& by_name) {
  std::vector<double> values;
  for (const std::string& name : kEmotions) values.push_back(by_name.at(name).get<double>());
  return values;
}

/// √(audio · visual), normalised: what the file's temperatures 1, 1 and 2 make of them.
std::vector<double> expected_of(const json& answer) {
  auto fused = values_of(answer.at("audio"));
  const auto visual = values_of(answer.at("visual"));
  double sum = 0;
  for (std::size_t c = 0; c < fused.size(); ++c) sum += fused[c] = std::sqrt(fused[c] * visual[c]);
  for (double& p : fused) p /= sum;
  return fused;
}

TEST_F(PredictFusion, AnswersByTheFittedRuleAndNamesWhatCannotBeRuledOut) {
  const std::string clip = Models::get().clip(kClip);
  const auto result =
      predict_with_both({clip, "--fusion", fusion(.1), "--json", "--window", "0.6"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json answer = json::parse(result.out);
  const auto expected = expected_of(answer);
  const auto fused = values_of(answer.at("fused"));
  std::vector<std::pair<double, std::string>> likely;
  for (std::size_t c = 0; c < fused.size(); ++c) {
    EXPECT_NEAR(fused[c], expected[c], 1e-4);
    if (fused[c] >= .1) likely.emplace_back(-fused[c], kEmotions[c]);
  }
  std::ranges::sort(likely);
  json names = json::array();
  for (const auto& [p, name] : likely) names.push_back(name);
  ASSERT_GT(names.size(), 1u) << "models of two epochs are not sure of anything";
  EXPECT_EQ(answer.at("set"), names);
  EXPECT_EQ(answer.at("set").at(0), answer.at("emotion"));
  for (const json& window : answer.at("windows")) EXPECT_FALSE(window.at("set").empty());

  const auto text = predict_with_both({clip, "--fusion", fusion(.1)});
  EXPECT_THAT(text.out, AllOf(HasSubstr("\n  not sure: " + names[0].get<std::string>()),
                              HasSubstr("decided by both)"), HasSubstr("; 1 not sure")));
  const auto table = predict_with_both({clip, "--fusion", fusion(.1), "--format", "csv"});
  const CsvTable csv = parse_csv(table.out, "answers");
  EXPECT_EQ(csv.header.back(), "set");
  EXPECT_THAT(csv.rows.at(0).back(), testing::StartsWith(names[0].get<std::string>() + "|"));
}

TEST_F(PredictFusion, WithoutSetsOnlyTheProbabilitiesDiffer) {
  const std::string clip = Models::get().clip(kClip);
  const auto plain = predict_with_both({clip, "--rule", "product", "--json"});
  const auto fitted = predict_with_both({clip, "--fusion", fusion(-1), "--json"});
  ASSERT_EQ(fitted.exit_status, 0) << fitted.err;
  const json one = json::parse(plain.out), other = json::parse(fitted.out);
  EXPECT_EQ(one.at("emotion"), other.at("emotion"));
  EXPECT_LT(other.at("confidence").get<double>(), one.at("confidence").get<double>());
  EXPECT_FALSE(other.contains("set"));
  EXPECT_THAT(predict_with_both({clip, "--fusion", fusion(-1)}).out, Not(HasSubstr("not sure")));
}

TEST_F(PredictFusion, OneModelAloneHasItsTemperature) {
  const auto& models = Models::get();
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--audio", models.path("sound"), models.clip(kClip), "--json"});
    return predict(more);
  };
  const auto answer = json::parse(run({"--fusion", fusion(.1)}).out);
  auto expected = values_of(answer.at("audio"));
  double sum = 0;
  for (double& p : expected) sum += p = std::sqrt(p);  // a temperature of 2
  const auto fused = values_of(answer.at("fused"));
  for (std::size_t c = 0; c < fused.size(); ++c) EXPECT_NEAR(fused[c], expected[c] / sum, 1e-4);
  EXPECT_EQ(answer.at("decided_by"), "audio");
  EXPECT_FALSE(answer.at("set").empty());
}

TEST_F(PredictFusion, ShardsJoinToTheBytesOfOneRunAndMustHaveOneFile) {
  const std::string corpus = Models::get().path("corpus/Actor_02");
  const auto run = [&](const std::string& file, std::vector<std::string> more) {
    more.insert(more.begin(), {corpus, "--fusion", file, "--format", "csv"});
    return predict_with_both(more);
  };
  const std::string file = fusion(.1);
  ASSERT_EQ(run(file, {"--output", path("whole.csv")}).exit_status, 0);
  const std::string other = written(folder / "other.json", calibrated(kEmotions, .2));
  ASSERT_EQ(run(file, {"--output", path("p.csv"), "--shard", "1/2"}).exit_status, 0);
  const auto mixed = run(other, {"--output", path("p.csv"), "--shard", "2/2"});
  EXPECT_EQ(mixed.exit_status, 1);
  EXPECT_THAT(mixed.err, HasSubstr("the --fusion files differ"));
  ASSERT_EQ(run(file, {"--output", path("p.csv"), "--shard", "2/2"}).exit_status, 0);
  const auto joined = predict({"--join", "--output", path("p.csv")});
  ASSERT_EQ(joined.exit_status, 0) << joined.err;
  EXPECT_THAT(joined.out, HasSubstr("not sure"));
  EXPECT_EQ(read_file(folder / "p.csv"), read_file(folder / "whole.csv"));
}

TEST_F(PredictFusion, WhatIsNoUseIsRefusedByName) {
  const std::string clip = Models::get().clip(kClip);
  const std::string good = read_file(fusion(.1));
  const auto with = [&](const std::string& text) {
    write_file(folder / "bad.json", text);
    return predict_with_both({clip, "--fusion", path("bad.json")});
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const auto& [text, sentence] : std::map<std::string, std::string>{
           {"", "is no fusion.json of aver-evaluate-fusion"},
           {"{\"rule\": \"product\"}", "is no fusion.json of aver-evaluate-fusion"},
           {replaced("[1.0,1.0,2.0]", "[1.0,1.0,NaN]"), "is no fusion.json"},
           {replaced("[1.0,1.0,2.0]", "[1.0,1.0,-2.0]"), "a temperature is above 0"},
           {replaced("\"calm\"", "\"serene\""), "and the models know neutral, calm, happy"},
           {replaced("[\"audio\",\"visual\"]", "[\"face\",\"visual\"]"), "fuses face, visual"},
           {replaced("calibrated-product", "majority"), "there is no fusion rule 'majority'"}}) {
    const auto result = with(text);
    EXPECT_EQ(result.exit_status, 1) << text;
    EXPECT_THAT(result.err, AllOf(HasSubstr(path("bad.json")), HasSubstr(sentence)));
  }
  const auto missing = predict_with_both({clip, "--fusion", path("none.json")});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr(path("none.json")));
  const auto both = predict_with_both({clip, "--fusion", fusion(.1), "--rule", "product"});
  EXPECT_EQ(both.exit_status, 2);
  EXPECT_THAT(both.err, HasSubstr("--fusion brings a rule: leave --rule product out"));
  const auto over =
      predict_with_both({clip, "--fusion", fusion(.1), "--output", path("fusion.json")});
  EXPECT_EQ(over.exit_status, 2);
  EXPECT_THAT(over.err, HasSubstr("would overwrite the --fusion file"));
  EXPECT_EQ(read_file(folder / "fusion.json"), good);
}

TEST_F(PredictFusion, TheLibraryAnswersAsTheCommand) {
  const auto& models = Models::get();
  const std::string clip = models.clip(kClip);
  EmotionRecogniser recogniser(
      {.visual = models.path("visual"), .audio = models.path("sound"), .fusion = fusion(.1)});
  EXPECT_TRUE(recogniser.makes_sets());
  const ClipEstimate estimate = recogniser.predict(clip);
  const json answer = json::parse(predict_with_both({clip, "--fusion", fusion(.1), "--json"}).out);
  json names = json::array();
  for (const std::size_t c : estimate.whole.set) names.push_back(recogniser.classes()[c]);
  EXPECT_EQ(answer.at("set"), names);
  EXPECT_NEAR(estimate.whole.confidence(), answer.at("confidence").get<double>(), 1e-6);
}

}  // namespace
}  // namespace aver::test
