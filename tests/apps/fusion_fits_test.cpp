// What fitted fusion rules are fitted on, through aver-evaluate-fusion.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "drawn_tables.h"
#include "eval/fusion_rules.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::draw;
using test::DrawnEvaluation;
using test::DrawnTables;
using test::folder_content;
using test::four_folds;
using test::one_fold;
using test::Row;
using test::system_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(FusionFits, WhatIsFittedForAFoldHasNotSeenIt) {
  DrawnTables tables = draw(four_folds);
  const DrawnEvaluation before(tables);
  ASSERT_EQ(before.run({"--rule", "stacked"}).exit_status, 0);
  for (auto* table : {&tables.audio, &tables.visual}) {
    for (Row& row : *table) {
      if (row.fold == "2") std::swap(row.p[0], row.p[2]);
    }
  }
  const DrawnEvaluation after(tables);
  ASSERT_EQ(after.run({"--rule", "stacked"}).exit_status, 0);
  const json one = before.metrics()["fitted"]["fits"], other = after.metrics()["fitted"]["fits"];
  ASSERT_EQ(one.size(), 4u);
  for (std::size_t fold = 0; fold < 4; ++fold) {
    EXPECT_EQ(one[fold]["fitted_on"], fmt::format("all folds but {}", fold));
    EXPECT_EQ(one[fold] == other[fold], fold == 2) << fold;
  }
}

TEST(FusionFits, OneFoldIsFittedOnItsValidationClipsWhichAreThenNotScored) {
  const DrawnEvaluation evaluation(draw(one_fold));
  const auto result = evaluation.run({"--rule", "weighted"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics["fitted"]["fits"].size(), 1u);
  EXPECT_EQ(metrics["held_out"]["clips"], 36);
  EXPECT_EQ(metrics["rules"]["clips"], 36);
  EXPECT_EQ(metrics["all_clips"]["clips"], 144 - 36);
  EXPECT_THAT(result.out, AllOf(HasSubstr("fitted on the 36 validation clips"),
                                HasSubstr("the 36 that fusion was fitted on are left out")));
  EXPECT_THAT(read_file(evaluation.output / "predictions.csv"), Not(HasSubstr("validation")));
  ASSERT_EQ(evaluation.run({"--rule", "mean"}).exit_status, 0);  // is not fitted on anything
  EXPECT_EQ(evaluation.metrics()["all_clips"]["clips"], 144);
}

TEST(FusionFits, NothingToFitOnIsSaidAndOnlyFittedRulesAreRefused) {
  const DrawnEvaluation evaluation(draw([](int) { return std::pair<std::string, std::string>(); }));
  auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("No fitted rules: there are neither several folds nor clips"));
  const auto unfitted = std::ranges::count(fusion_rules(), false, &FusionRule::fitted);
  EXPECT_EQ(evaluation.metrics()["rules"]["systems"].size(), 2u + unfitted);
  const auto before = folder_content(evaluation.output);
  for (const std::vector<std::string>& choice : {std::vector<std::string>{"--rule", "weighted"},
                                                 {"--rule", "stacked"},
                                                 {"--temperatures"}}) {
    result = evaluation.run(choice);
    EXPECT_EQ(result.exit_status, 1) << choice[0];
    EXPECT_THAT(result.err, AllOf(HasSubstr("has to be fitted"), HasSubstr("several folds")));
  }
  EXPECT_EQ(folder_content(evaluation.output), before);
}

TEST(FusionFits, AMissingModalityFallsBackIsCountedAndNotFittedOn) {
  DrawnTables tables = draw(four_folds);
  tables.audio.erase(tables.audio.begin(), tables.audio.begin() + 5);
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run({"--rule", "stacked"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics["all_clips"]["fell_back"]["clips"], 5);
  EXPECT_EQ(metrics["all_clips"]["without_audio"], 5);
  EXPECT_EQ(metrics["rules"]["clips_compared"], 139);
  EXPECT_EQ(system_of(metrics, "audio", false)->at("clips"), 139);
  EXPECT_EQ(system_of(metrics, "stacked", false)->at("clips"), 144);
}

TEST(FusionFits, FoldsComeFromEitherTableAndMustNotDiffer) {
  DrawnTables tables = draw(four_folds);
  for (Row& row : tables.visual) row.fold.clear();
  const DrawnEvaluation one(tables);
  ASSERT_EQ(one.run({"--rule", "stacked"}).exit_status, 0);
  EXPECT_EQ(one.metrics()["fitted"]["fits"].size(), 4u);
  tables = draw(four_folds);
  tables.visual[3].fold = "3";
  const DrawnEvaluation other(tables);
  const auto result = other.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("1 clips stand in other folds in one table than in the other, " +
                        tables.visual[3].clip));
}

}  // namespace
}  // namespace aver
