// Tables and runs that aver-evaluate-fusion takes and refuses.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "corpus/corpus.h"
#include "evaluate_fusion_fixture.h"
#include "store/predictions.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::Evaluation;
using test::folder_content;
using test::kAudio;
using test::metric;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(FusionInput, TakesColumnsAndRowsInAnyOrderAndNamesWithModalityOrExtension) {
  const Evaluation plain;
  ASSERT_EQ(plain.run().exit_status, 0);
  const Evaluation other(kAudio,
                         "sad,clip,role,fold,happy,label,neutral\n"
                         "0.9,02-01-04-01-01-01-02.mp4,test,0,0.05,sad,0.05\n"
                         "0.3,01-01-01-01-01-01-01.mp4,train,0,0.5,neutral,0.2\n"
                         "0.2,01-01-03-01-01-01-01,train,0,0.6,happy,0.2\n");
  const auto result = other.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(other.metrics(), plain.metrics());
}

TEST(FusionInput, RenormalisesRowsThatAreNearlyOne) {
  const Evaluation evaluation(kAudio,
                              "clip,neutral,happy,sad\n01-01-01-01-01-01,0.2003,0.5003,0.3003\n"
                              "01-03-01-01-01-01,0.2,0.6,0.2\n");
  // The mean of a table with itself is the table.
  const auto result =
      run_command({"aver-evaluate-fusion", "--audio-posteriors", evaluation.visual.string(),
                   "--visual-posteriors", evaluation.visual.string(), "--output",
                   evaluation.output.string(), "--rule", "mean", "--no-figures"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto row = read_predictions(evaluation.output / "predictions.csv", Corpus().clips())
                       .rows[0]
                       .probabilities;
  const double sum = 0.2003 + 0.5003 + 0.3003;
  EXPECT_THAT(row, ElementsAre(DoubleNear(.2003 / sum, 1e-6), DoubleNear(.5003 / sum, 1e-6),
                               DoubleNear(.3003 / sum, 1e-6)));
}

TEST(FusionInput, TakesTheFoldThatTestsAClip) {
  const std::string folds =
      "clip,fold,role,neutral,happy,sad\n"
      "01-01-01-01-01-01,0,test,0.8,0.1,0.1\n01-01-01-01-01-01,1,train,0.1,0.8,0.1\n"
      "01-03-01-01-01-02,0,train,0.8,0.1,0.1\n01-03-01-01-01-02,1,test,0.1,0.8,0.1\n";
  const Evaluation evaluation(folds, folds);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metric(metrics, "held_out", "audio", "accuracy"), 1);
  EXPECT_EQ(metrics.at("held_out").at("clips"), 2);
  EXPECT_EQ(metrics.at("held_out").at("folds").size(), 2u);
  EXPECT_THAT(result.out, HasSubstr("Accuracy per fold"));
}

TEST(FusionInput, LeavesOtherChannelsOut) {
  const std::string table =
      "clip,neutral,happy,sad\n01-01-01-01-01-01,1,0,0\n02-03-01-01-01-01,0,1,0\n";
  const Evaluation evaluation(table, table);
  const auto speech = evaluation.run();
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("clips"), 1);
  EXPECT_THAT(speech.err, HasSubstr("1 clips of the other vocal channel left out"));
  ASSERT_EQ(evaluation.run({"--no-figures", "--channel", "all"}).exit_status, 0);
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("clips"), 2);
}

struct Refusal {
  const char* why;
  std::string visual;
  std::vector<std::string> says;
};

TEST(FusionInput, RefusesTablesThatDoNotFitByName) {
  const std::vector<Refusal> refusals = {
      {"missing class",
       "clip,neutral,happy\n01-01-01-01-01-01,0.2,0.8\n",
       {"visual.csv has no column for the class sad of", "audio.csv"}},
      {"a class too many",
       "clip,neutral,happy,sad,angry\n01-01-01-01-01-01,0.2,0.8,0,0\n",
       {"audio.csv has no column for the class angry of", "visual.csv"}},
      {"duplicate clip",
       "clip,neutral,happy,sad\n01-01-01-01-01-01,1,0,0\n03-01-01-01-01-01-01.wav,1,0,0\n",
       {"visual.csv has the clip 01-01-01-01-01-01 twice"}},
      {"not summing to one",
       "clip,neutral,happy,sad\n01-01-01-01-01-01,0.5,0.1,0.1\n",
       {"visual.csv, clip 01-01-01-01-01-01: its probabilities sum to 0.7000"}},
      {"not a number",
       "clip,neutral,happy,sad\n01-01-01-01-01-01,nan,0.5,0.5\n",
       {"visual.csv, clip 01-01-01-01-01-01: its probability of neutral is 'nan'"}},
      {"nothing in common",
       "clip,neutral,happy,sad\n01-01-01-01-01-24,1,0,0\n",
       {"no clip is in both tables", "01-01-01-01-01-24"}},
      {"another label",
       "clip,label,neutral,happy,sad\n01-01-01-01-01-01,sad,1,0,0\n",
       {"clip 01-01-01-01-01-01 is 'neutral' in one table and 'sad' in the other"}},
      {"a label that is no class",
       "clip,label,neutral,happy,sad\n01-01-01-01-01-01,bored,1,0,0\n",
       {"label 'bored' is none of the classes"}},
      {"no label at all",
       "clip,neutral,happy,sad\n01-01-01-01-01-01,1,0,0\nsomething.mp4,1,0,0\n",
       {"neither table says what the clip something", "column 'label'"}},
      {"several folds without roles",
       "clip,fold,neutral,happy,sad\n01-01-01-01-01-01,0,1,0,0\n01-01-01-01-01-01,1,1,0,0\n",
       {"01-01-01-01-01-01 in 2 folds", "roles that say which fold tests it"}},
      {"no clip column", "name,neutral,happy,sad\nx,1,0,0\n", {"no column 'clip'"}},
      {"no rows", "clip,neutral,happy,sad\n", {"visual.csv has no rows"}},
      {"empty file", "", {"visual.csv"}},
  };
  for (const Refusal& refusal : refusals) {
    SCOPED_TRACE(refusal.why);
    const Evaluation evaluation(kAudio, refusal.visual);
    const auto result = evaluation.run();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, StartsWith("aver-evaluate-fusion: "));
    for (const auto& words : refusal.says) EXPECT_THAT(result.err, HasSubstr(words));
    EXPECT_FALSE(fs::exists(evaluation.output));
  }
}

/// Run folders as the trainers leave them.
struct Runs {
  Runs(std::string_view audio_split, std::string_view visual_split) {
    write_file(audio / "predictions.csv", test::kAudio);
    write_file(audio / "split.csv", audio_split);
    write_file(audio / "split.json",
               std::string_view(R"({"format": 1, "protocol": "paper", "seed": 42})"));
    write_file(visual / "predictions.csv", test::kVisual);
    write_file(visual / "split.csv", visual_split);
  }
  CommandResult run(const fs::path& to) const {
    return run_command({"aver-evaluate-fusion", "--audio", audio.string(), "--visual",
                        visual.string(), "--output", to.string(), "--no-figures"});
  }
  TemporaryFolder folder;
  fs::path audio = folder / "audio";
  fs::path visual = folder / "visual";
  fs::path output = folder / "fusion";
};

TEST(FusionInput, AnUnfinishedRunIsRefused) {
  const Runs runs("fold,clip,role\n0,01-01-01-01-01-01,train\n",
                  "fold,clip,role\n0,01-01-01-01-01-01,train\n");
  write_file(runs.visual / "config.toml", std::string_view("# aver-train-visual\n"));
  const auto result = runs.run(runs.output);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("is unfinished: run aver-train-visual --resume"));
  EXPECT_FALSE(fs::exists(runs.output));
  write_file(runs.visual / "metrics.json", std::string_view("{}"));
  EXPECT_EQ(runs.run(runs.output).exit_status, 0);
}

constexpr std::string_view kClipSplit =
    "fold,clip,role\n0,01-01-01-01-01-01,train\n0,01-03-01-01-01-01,train\n"
    "0,01-04-01-01-01-02,test\n";

TEST(FusionInput, ReadsRunsAndTheirSplits) {
  const Runs runs(kClipSplit, kClipSplit);
  const auto result = runs.run(runs.output);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = json::parse(read_file(runs.output / "metrics.json"));
  EXPECT_EQ(metrics.at("inputs").at("audio").at("protocol"), "paper");
  EXPECT_EQ(metrics.at("inputs").at("audio").at("seed"), 42);
  EXPECT_EQ(metrics.at("inputs").at("audio").at("name"), "audio");
  EXPECT_EQ(metrics.at("held_out").at("clips"), 1);
  EXPECT_THAT(read_file(runs.output / "metrics.json"), Not(HasSubstr(runs.folder.path().string())));
}

TEST(FusionInput, ASplitOfFramesSaysWhichClipsWereSeen) {
  // The table calls the clip a test clip; one of its frames was trained on.
  const Runs runs(kClipSplit,
                  "fold,clip,role\n0,01-01-01-01-01-01_frame_0000,train\n"
                  "0,01-03-01-01-01-01_frame_0000,train\n0,01-04-01-01-01-02_frame_0000,test\n"
                  "0,01-04-01-01-01-02_frame_0005,train\n");
  const auto result = runs.run(runs.output);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = json::parse(read_file(runs.output / "metrics.json"));
  EXPECT_EQ(metrics.at("all_clips").at("trained_on").at("visual"), 3);
  EXPECT_EQ(metrics.at("all_clips").at("trained_on").at("audio"), 2);
  EXPECT_FALSE(metrics.contains("held_out"));
  EXPECT_THAT(metrics.at("all_clips").at("verdict").at("visual").get<std::string>(),
              AllOf(HasSubstr("LEAK"), HasSubstr("3 of 3 test clips")));
}

TEST(FusionInput, NeverOverwritesARun) {
  const Runs runs(kClipSplit, kClipSplit);
  const auto before = folder_content(runs.folder.path());
  const auto result = runs.run(runs.audio);
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("would overwrite"));
  EXPECT_EQ(folder_content(runs.folder.path()), before);
  write_file(runs.folder / "other/model.safetensors", std::string_view("a model"));
  EXPECT_EQ(runs.run(runs.folder / "other").exit_status, 2);
}

TEST(FusionInput, ARunWithoutPredictionsSaysWhatToDo) {
  const Runs runs(kClipSplit, kClipSplit);
  fs::remove(runs.audio / "predictions.csv");
  const auto result = runs.run(runs.output);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("has no predictions.csv"), HasSubstr("aver-train-audio"),
                                HasSubstr("--audio-posteriors")));
}

}  // namespace
}  // namespace aver
