#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/files.h"
#include "base/toml.h"
#include "support.h"
#include "tiny_stages.h"

// Settings that are tried, and chosen without the test part.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class Sweep : public testing::Test {
 protected:
  Sweep() {
    make_mfcc_stage(folder / "mfcc");
    for (const auto& [name, more] :
         {std::pair<std::string, Words>{"split", {}}, {"untested", {"--no-validation"}}}) {
      Words words = {"aver-split",      "make",       "-i",        at("mfcc"), "-o",
                     at(name + ".csv"), "--protocol", "actor-loo", "-q"};
      words.insert(words.end(), more.begin(), more.end());
      const auto made = run_command(words);
      EXPECT_EQ(made.exit_status, 0) << made.err;
    }
    space("learning-rate = [0.0001, 0.05]\n");
  }

  std::string at(const std::string& name) const { return (folder / name).string(); }

  void space(const std::string& options, const std::string& split = "split",
             const std::string& fixed = "") const {
    write_file(folder / "space.toml",
               "tool = \"aver-train-features\"\n[fixed]\ninput = \"" + at("mfcc") +
                   "\"\nsplit = \"" + at(split + ".csv") +
                   "\"\nfolds = [0, 1]\narchitecture = \"linear\"\nepochs = 3\nthreads = 1\n" +
                   fixed + "[space]\n" + options);
  }

  CommandResult sweep(Words more = {}) const {
    Words words = {"aver-sweep", at("space.toml"), "-o", at("sweep"), "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }

  TemporaryFolder folder;
};

TEST_F(Sweep, TheBestOfAGridIsChosenByThosePeopleWhoValidate) {
  const auto done = sweep();
  ASSERT_EQ(done.exit_status, 0) << done.err << done.out;
  EXPECT_THAT(done.out, AllOf(HasSubstr("2 of 2 trials"), HasSubstr("on the validation part"),
                              HasSubstr("best.toml")));
  const auto table = read_csv(folder / "sweep" / "sweep.csv");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_GE(std::stod(table.rows[0][1]), std::stod(table.rows[1][1]));
  for (const char* run : {"trial-001", "trial-002"}) {
    const auto answers = read_csv(folder / "sweep" / run / "fold-0" / "predictions.csv");
    for (const auto& row : answers.rows) EXPECT_NE(row[answers.column("role")], "test");
  }
  const auto best = read_toml(folder / "sweep" / "best.toml");
  EXPECT_EQ(best.at("learning-rate").get<double>(), std::stod(table.rows[0][3]));
  EXPECT_EQ(best.at("split").get<std::string>(), at("split.csv"));
  const auto trained = run_command(
      {"aver-train-features", "--config", at("sweep/best.toml"), "-o", at("run"), "-q"});
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("test part of 2 folds"));
}

TEST_F(Sweep, WhatIsFinishedIsKeptAndMoreTrialsLeaveTheFirstAsTheyAre) {
  space(
      "learning-rate = { from = 1e-4, to = 0.1, log = true }\nbatch-size = { from = 4, to = 16, "
      "whole = true }\n");
  ASSERT_EQ(sweep({"--trials", "1"}).exit_status, 0);
  const auto metrics = folder / "sweep" / "trial-001" / "fold-0" / "metrics.json";
  const auto then = fs::last_write_time(metrics);
  const auto first = read_file(folder / "sweep" / "trial-001.toml");
  const auto more = sweep({"--trials", "2"});
  ASSERT_EQ(more.exit_status, 0) << more.err;
  EXPECT_EQ(fs::last_write_time(metrics), then);
  EXPECT_EQ(read_file(folder / "sweep" / "trial-001.toml"), first);
  EXPECT_EQ(read_csv(folder / "sweep" / "sweep.csv").rows.size(), 2U);
  const auto other = sweep({"--trials", "2", "--seed", "7"});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("another space, split or seed: --force"));
  EXPECT_EQ(fs::last_write_time(metrics), then);
  ASSERT_EQ(sweep({"--trials", "1", "--seed", "7", "--force"}).exit_status, 0);
  EXPECT_NE(read_file(folder / "sweep" / "trial-001.toml"), first);
  EXPECT_FALSE(fs::exists(folder / "sweep" / "trial-002"));
}

TEST_F(Sweep, WhatTestsMustNotChoose) {
  space("learning-rate = [0.001, 0.01]\n", "untested");
  const auto refused = sweep();
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("no validation part in fold 0"),
                                 HasSubstr("its test part would choose the settings")));
  EXPECT_FALSE(fs::exists(folder / "sweep"));
  write_file(folder / "space.toml",
             "tool = \"aver-train-features\"\n[fixed]\ninput = \"mfcc\"\n[space]\nepochs = [1]\n");
  const auto unsplit = sweep();
  EXPECT_EQ(unsplit.exit_status, 2);
  EXPECT_THAT(unsplit.err, HasSubstr("needs split"));
}

TEST_F(Sweep, ASpaceThatCannotBeTriedIsASentence) {
  const auto said = [&](const std::string& options, const std::string& fixed = "") {
    space(options, "split", fixed);
    const auto result = sweep();
    EXPECT_NE(result.exit_status, 0);
    return result.err;
  };
  EXPECT_THAT(said("epochs = [1]\n"), HasSubstr("epochs stands in [fixed] and in [space]"));
  EXPECT_THAT(said("learning-rate = 3\n"), HasSubstr("must be a list of values"));
  EXPECT_THAT(said("learning-rate = { from = 2 }\n"), HasSubstr("needs from and to"));
  EXPECT_THAT(said("learning-rate = { from = 2, to = 1 }\n"), HasSubstr("from more to less"));
  EXPECT_THAT(said("epochs = { from = 0.2, to = 0.8, whole = true }\n"),
              HasSubstr("no whole number between"));
  EXPECT_THAT(said("epochs = { from = 1, to = inf, whole = true }\n"), HasSubstr("beyond 1e+15"));
  EXPECT_THAT(said("learning-rate = { from = nan, to = 1 }\n"), HasSubstr("beyond 1e+15"));
  EXPECT_THAT(said("learning-rate = { from = 0, to = 1, log = true }\n"), HasSubstr("above 0"));
  EXPECT_THAT(said("learning-rate = { from = 1, to = 2 }\n"), HasSubstr("--trials"));
  EXPECT_THAT(said("learning-rte = [1]\n"),
              AllOf(HasSubstr("trial-001"), HasSubstr("learning-rte")));
  EXPECT_THAT(said("dropout = [1]\n", "output = \"x\"\n"), HasSubstr("output is the sweep's"));
  write_file(folder / "space.toml", "tool = \"rm\"\n[space]\nepochs = [1]\n");
  EXPECT_THAT(sweep().err, HasSubstr("no trainer"));
}

}  // namespace
}  // namespace aver::test
