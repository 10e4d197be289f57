#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "distributed_fixture.h"

// A network that learns, beside its classes, how far a clip is along the levels of a column.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SecondHeads : public Distributed {
 protected:
  Words with_statement(const std::string& run, const Words& more = {}) const {
    return audio(run, joined({"--second-head", "statement=02,01"}, more));
  }

  nlohmann::json metrics_of(const std::string& run) const {
    return nlohmann::json::parse(read_file(folder / run / "metrics.json"));
  }

  Predictions table(const std::string& path) const {
    return read_predictions(folder / path, Corpus().clips());
  }
};

TEST_F(SecondHeads, ATableOfLevelsAndAnAreaStandBesideTheClasses) {
  const auto result = run_command(with_statement("run"));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("statement, test part"), HasSubstr("AUC of 01")));
  const auto levels = table("run/second_predictions.csv");
  EXPECT_THAT(levels.classes, ElementsAre("01", "02"));
  for (const Prediction& row : levels.rows) {
    EXPECT_EQ(row.label, Corpus().clips().find(row.clip)->value("statement"));
  }
  const auto head = metrics_of("run").at("second_head");
  EXPECT_THAT(head.at("levels"), ElementsAre("02", "01"));
  const auto area = head.at("areas").at(0);
  EXPECT_EQ(area.at("from"), "01");
  EXPECT_LE(area.at("interval").at(0), area.at("auc"));
  EXPECT_GE(area.at("interval").at(1), area.at("auc"));
  EXPECT_NEAR(head.at("test").at("auc"), area.at("auc"), 1e-12)
      << "columns stand in another order than the levels";
}

TEST_F(SecondHeads, WithoutItARunSaysNothingOfIt) {
  run_alone(audio("run"));
  EXPECT_FALSE(fs::exists(folder / "run" / "second_predictions.csv"));
  EXPECT_FALSE(metrics_of("run").contains("second_head"));
  EXPECT_THAT(read_file(folder / "run" / "config.toml"), Not(HasSubstr("second")));
}

TEST_F(SecondHeads, SeedsAndModelAnswerAsTheRunDid) {
  run_alone(with_statement("run", {"--seeds", "1,2"}));
  const auto result = run_command({"aver-predict", "--model", (folder / "run").string(), "--input",
                                   (folder / "mfcc").string(), "--output",
                                   (folder / "levels.csv").string(), "--second-head", "--quiet"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto run = table("run/second_predictions.csv"), asked = table("levels.csv");
  ASSERT_EQ(run.rows.size(), asked.rows.size());
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    EXPECT_EQ(run.rows[i].clip, asked.rows[i].clip);
    EXPECT_EQ(run.rows[i].label, asked.rows[i].label);
    // The run's are means of six decimals each.
    EXPECT_NEAR(run.rows[i].probabilities[0], asked.rows[i].probabilities[0], 2e-6);
  }
}

TEST_F(SecondHeads, ForcedRunsLeaveNothingOfIt) {
  run_alone(with_statement("run", {"--seeds", "1,2", "--epochs", "1"}));
  run_alone(audio("run", {"--seeds", "1,2", "--epochs", "1", "--force"}));
  EXPECT_FALSE(fs::exists(folder / "run" / "second_predictions.csv"));
  EXPECT_FALSE(fs::exists(folder / "run" / "seed-1" / "second_predictions.csv"));
}

TEST_F(SecondHeads, WhatTheTestPartOrTrainingLacksIsSaid) {
  const auto result =
      run_command(audio("run", {"--second-head", "statement=01,02,03", "--epochs", "1"}));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("No clip of the training part is, by its statement, 03."));
  EXPECT_THAT(metrics_of("run").at("second_head").at("untrained_levels"), ElementsAre("03"));
}

TEST_F(SecondHeads, TheLayersThatAreShownAreThoseThatAreTrained) {
  const auto steps = [&](const std::string& levels) {
    return run_command(joined({"aver-train-audio", "--describe"}, {"--second-head", levels})).out;
  };
  EXPECT_NE(steps("statement=01,02"), steps("statement=01,02,03"));
}

TEST_F(SecondHeads, WeightsOfOtherLevelsAreNotBegunWith) {
  run_alone(with_statement("one", {"--epochs", "1"}));
  const Words start = {"--epochs", "1", "--start-from", (folder / "one").string()};
  run_alone(with_statement("same", start));
  run_alone(audio("other", joined({"--second-head", "statement=01,02"}, start)));
  EXPECT_THAT(read_file(folder / "same" / "run.log"), Not(HasSubstr("drawn: output")));
  EXPECT_THAT(read_file(folder / "other" / "run.log"), HasSubstr("drawn: output"));
}

TEST_F(SecondHeads, OfPicturesTooAndOfClips) {
  run_alone(visual("run", {"--second-head", "statement=01,02", "--second-head-weight", "0.5"}));
  const auto clips = table("run/predictions.csv"), levels = table("run/second_predictions.csv");
  ASSERT_EQ(levels.rows.size(), clips.rows.size());
  EXPECT_EQ(levels.rows.front().clip, clips.rows.front().clip);
}

TEST_F(SecondHeads, WhatCannotBeLearnedOrAskedIsSaid) {
  for (const auto& [option, reason] :
       {std::pair{"statement=01,03", "none of 01, 03"},
        std::pair{"mood=calm,wild", "no clip says its mood"},
        std::pair{"statement=01", "such as intensity=normal,strong"},
        std::pair{"statement=01,01", "such as intensity=normal,strong"}}) {
    const auto result = run_command(audio("refused", {"--second-head", option}));
    EXPECT_EQ(result.exit_status, 2) << option;
    EXPECT_THAT(result.err, AllOf(HasSubstr("--second-head"), HasSubstr(reason)));
    EXPECT_FALSE(fs::exists(folder / "refused"));
  }
  run_alone(audio("plain", {"--epochs", "1"}));
  const auto result = run_command({"aver-predict", "--model", (folder / "plain").string(),
                                   "--input", (folder / "mfcc").string(), "--output",
                                   (folder / "levels.csv").string(), "--second-head"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("plain has none"));
}

}  // namespace
}  // namespace aver::test
