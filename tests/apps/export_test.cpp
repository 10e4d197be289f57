#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/files.h"
#include "support.h"
#include "tiny_stages.h"

// Models that are passed on: from a run to a folder with a card, and what they know of their
// training.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class Export : public testing::Test {
 protected:
  Export() {
    make_mfcc_stage(folder / "mfcc");
    for (const std::string protocol : {"all", "actor-loo"}) {
      const auto split = run_command({"aver-split", "make", "-i", at("mfcc"), "-o",
                                      at(protocol + ".csv"), "--protocol", protocol, "-q"});
      EXPECT_EQ(split.exit_status, 0) << split.err;
    }
  }

  std::string at(const std::string& name) const { return (folder / name).string(); }

  CommandResult train(const std::string& run, const std::string& split, Words more = {}) const {
    Words words = {
        "aver-train-audio", "-i",       at("mfcc"), "-o",        at(run), "--split",
        at(split + ".csv"), "--epochs", "2",        "--threads", "1",     "--architecture",
        "linear",           "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }

  CommandResult exported(Words more) const {
    more.insert(more.begin(), "aver-export");
    return run_command(more);
  }

  CsvTable answers(const std::string& model) const {
    const auto done = run_command({"aver-predict", "--model", at(model), "-i", at("mfcc"), "-o",
                                   at("answers.csv"), "--threads", "1"});
    EXPECT_EQ(done.exit_status, 0) << done.err;
    said = done.err;
    return read_csv(folder / "answers.csv");
  }

  mutable std::string said;
  TemporaryFolder folder;
};

TEST_F(Export, AModelWithoutItsRunAnswersAndKnowsWhatTrainedIt) {
  ASSERT_EQ(train("run", "actor-loo", {"--folds", "0", "--seeds", "1,2"}).exit_status, 0);
  const auto done = exported({at("run"), "-o", at("model")});
  ASSERT_EQ(done.exit_status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("audio model in " + at("model")));
  const auto of_run = answers("run");
  EXPECT_THAT(said, Not(HasSubstr("do not tell")));
  const auto alone = answers("model");
  EXPECT_THAT(said, HasSubstr("trained the model: these answers do not tell how well it does"));
  ASSERT_EQ(alone.rows.size(), of_run.rows.size());
  std::size_t trained = 0;
  for (std::size_t i = 0; i < alone.rows.size(); ++i) {
    EXPECT_EQ(alone.rows[i].back(), of_run.rows[i].back());
    const auto role = alone.rows[i][alone.column("role")];
    const auto then = of_run.rows[i][of_run.column("role")];
    EXPECT_EQ(role == "train", then == "train");
    trained += role == "train" ? 1 : 0;
  }
  EXPECT_GT(trained, 0U);
}

TEST_F(Export, HalfTheBytesGiveNearlyTheSameAnswers) {
  ASSERT_EQ(train("run", "actor-loo", {"--folds", "0"}).exit_status, 0);
  ASSERT_EQ(exported({at("run"), "-o", at("half"), "--weights", "fp16"}).exit_status, 0);
  ASSERT_EQ(exported({at("run"), "-o", at("whole")}).exit_status, 0);
  EXPECT_LT(fs::file_size(folder / "half" / "model.safetensors"),
            fs::file_size(folder / "whole" / "model.safetensors"));
  const auto half = answers("half"), whole = answers("whole");
  ASSERT_EQ(half.rows.size(), whole.rows.size());
  for (std::size_t i = 0; i < half.rows.size(); ++i) {
    EXPECT_NEAR(std::stod(half.rows[i].back()), std::stod(whole.rows[i].back()), 2e-3);
  }
}

TEST_F(Export, WhatAllClipsTrainedIsToldOfByARunThatTested) {
  const auto all = train("all", "all", {"--seeds", "1,2"});
  ASSERT_EQ(all.exit_status, 0) << all.err;
  EXPECT_THAT(all.out,
              AllOf(HasSubstr("Leak check: not possible, every clip trains and none is tested."),
                    Not(HasSubstr("test part  "))));
  ASSERT_EQ(train("folds", "actor-loo", {"--folds", "all", "--seeds", "1,2"}).exit_status, 0);
  ASSERT_EQ(train("other", "actor-loo", {"--folds", "0", "--batch-size", "4"}).exit_status, 0);
  const auto other = exported({at("all"), "-o", at("none"), "--tested", at("other")});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("was trained with another"));
  ASSERT_EQ(exported({at("all"), "-o", at("alone")}).exit_status, 0);
  EXPECT_THAT(read_file(folder / "alone" / "README.md"),
              AllOf(HasSubstr("results: []"), HasSubstr("Nothing of its split was tested")));
  ASSERT_EQ(exported({at("all"), "-o", at("told"), "--tested", at("folds")}).exit_status, 0);
  const std::string card = read_file(folder / "told" / "README.md");
  EXPECT_THAT(card, AllOf(HasSubstr("model-index:"), HasSubstr("type: uar"),
                          HasSubstr("protocol `actor-loo`"), HasSubstr("All clips trained"),
                          HasSubstr("must not be used to judge anyone"),
                          HasSubstr("license: cc-by-nc-sa-4.0")));
  EXPECT_THAT(card, Not(HasSubstr(folder.path().string()))) << "of this machine";
  const auto uar = nlohmann::json::parse(read_file(folder / "folds" / "metrics.json"))
                       .at("clips")
                       .at("test")
                       .at("uar")
                       .get<double>();
  EXPECT_THAT(card, HasSubstr(fmt::format("value: {:.4f}", uar)));
  EXPECT_EQ(read_file(folder / "folds" / "README.md").substr(0, 3), "---") << "runs have one, too";
}

TEST_F(Export, WhatCannotBeExportedIsASentence) {
  ASSERT_EQ(train("folds", "actor-loo", {"--folds", "0,1"}).exit_status, 0);
  const auto folds = exported({at("folds"), "-o", at("model")});
  EXPECT_EQ(folds.exit_status, 2);
  EXPECT_THAT(folds.err, HasSubstr("one model per fold"));
  const auto onto = exported({at("folds/fold-0"), "-o", at("folds/fold-1")});
  EXPECT_EQ(onto.exit_status, 2);
  EXPECT_THAT(onto.err, HasSubstr("is the folder of a run"));
  ASSERT_EQ(exported({at("folds/fold-0"), "-o", at("model")}).exit_status, 0);
  const auto twice = exported({at("folds/fold-1"), "-o", at("model")});
  EXPECT_EQ(twice.exit_status, 2);
  EXPECT_THAT(twice.err, HasSubstr("--force"));
  const auto alone = exported({at("model"), "-o", at("again")});
  EXPECT_EQ(alone.exit_status, 2);
  EXPECT_THAT(alone.err, HasSubstr("not the folder of a training run"));
  EXPECT_EQ(exported({at("nothing"), "-o", at("again")}).exit_status, 1);
}

}  // namespace
}  // namespace aver::test
