#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "store/predictions.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::folder_content;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::StartsWith;

// Three clips of three classes. Sound is right about the first two, picture about the last two;
// maximum confidence: sound (.8 > .5), sound (.6 = .6, a tie), picture (.9 > .7): all three right.
constexpr std::string_view kAudio =
    "clip,fold,role,label,neutral,happy,sad\n"
    "01-01-01-01-01-01,0,train,neutral,0.8,0.1,0.1\n"
    "01-03-01-01-01-01,0,train,happy,0.3,0.6,0.1\n"
    "01-04-01-01-01-02,0,test,sad,0.7,0.1,0.2\n";
constexpr std::string_view kVisual =
    "clip,fold,role,label,neutral,happy,sad\n"
    "01-01-01-01-01-01,0,train,neutral,0.2,0.5,0.3\n"
    "01-03-01-01-01-01,0,train,happy,0.2,0.6,0.2\n"
    "01-04-01-01-01-02,0,test,sad,0.05,0.05,0.9\n";

/// Two tables and a place for results.
struct Evaluation {
  Evaluation(std::string_view audio_table = kAudio, std::string_view visual_table = kVisual) {
    write_file(audio, audio_table);
    write_file(visual, visual_table);
  }
  CommandResult run(std::vector<std::string> more = {"--no-figures"},
                    const std::map<std::string, std::string>& environment = {}) const {
    std::vector<std::string> arguments = {
        "aver-evaluate-fusion", "--audio-posteriors", audio.string(), "--visual-posteriors",
        visual.string(),        "--output",           output.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_command(arguments, environment);
  }
  json metrics() const { return json::parse(read_file(output / "metrics.json")); }

  TemporaryFolder folder;
  fs::path audio = folder / "audio.csv";
  fs::path visual = folder / "visual.csv";
  fs::path output = folder / "fusion";
};

double figure(const json& metrics, const char* scope, const char* system, const char* name) {
  return metrics.at(scope).at("systems").at(system).at(name).get<double>();
}

TEST(EvaluateFusion, ScoresSoundPictureAndBoth) {
  const Evaluation evaluation;
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("both (maximum confidence)"), HasSubstr("100.00 %"),
                                HasSubstr("66.67 %"), HasSubstr("Leak check: LEAK")));
  const json metrics = evaluation.metrics();
  EXPECT_NEAR(figure(metrics, "all_clips", "audio", "accuracy"), 2. / 3, 1e-6);
  EXPECT_NEAR(figure(metrics, "all_clips", "visual", "accuracy"), 2. / 3, 1e-6);
  EXPECT_EQ(figure(metrics, "all_clips", "fused", "accuracy"), 1);
  EXPECT_EQ(metrics.at("rule"), "max-confidence");
  EXPECT_EQ(metrics.at("classes"), json({"neutral", "happy", "sad"}));
}

TEST(EvaluateFusion, SaysWhoDecidedAndWhatFusionChanged) {
  const Evaluation evaluation;
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json scope = evaluation.metrics().at("all_clips");
  EXPECT_EQ(scope.at("decided_by").at("audio").at("clips"), 2);  // one of them by the tie
  EXPECT_EQ(scope.at("decided_by").at("visual").at("clips"), 1);
  EXPECT_EQ(scope.at("decided_by").at("audio").at("right"), 2);
  EXPECT_EQ(scope.at("agreed").at("clips"), 1);
  EXPECT_EQ(scope.at("against").at("audio"), json({{"repaired", 1}, {"broken", 0}}));
  EXPECT_EQ(scope.at("against").at("visual"), json({{"repaired", 1}, {"broken", 0}}));
  EXPECT_EQ(scope.at("trained_on").at("audio"), 2);
  EXPECT_THAT(result.out, HasSubstr("sound trained on 2 of 3 and picture on 2 of 3"));
  EXPECT_EQ(read_file(evaluation.output / "repaired_broken.csv"),
            "clip,label,fused,decided_by,against_audio,audio,audio_confidence,against_visual,"
            "visual,visual_confidence\n"
            "01-01-01-01-01-01,neutral,neutral,audio,,neutral,0.800000,repaired,happy,0.500000\n"
            "01-04-01-01-01-02,sad,sad,visual,repaired,neutral,0.700000,,sad,0.900000\n");
}

TEST(EvaluateFusion, ScoresHeldOutClipsApart) {
  const Evaluation evaluation;
  const auto result = evaluation.run();
  EXPECT_THAT(result.out, HasSubstr("The 1 clips that are test clips of both models"));
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics.at("held_out").at("clips"), 1);
  EXPECT_EQ(figure(metrics, "held_out", "audio", "accuracy"), 0);
  EXPECT_EQ(figure(metrics, "held_out", "fused", "accuracy"), 1);
  EXPECT_THAT(metrics.at("held_out").at("verdict").at("audio").get<std::string>(),
              HasSubstr("none found"));
  // One model's training clip is nobody's test clip.
  const Evaluation crossed(kAudio,
                           "clip,role,neutral,happy,sad\n01-01-01-01-01-01,test,1,0,0\n"
                           "01-03-01-01-01-01,test,0,1,0\n01-04-01-01-01-02,train,0,0,1\n");
  EXPECT_THAT(crossed.run().out, HasSubstr("No table of held-out clips: sound holds out 1 and "
                                           "picture 2 clips, none of them in common"));
  EXPECT_FALSE(crossed.metrics().contains("held_out"));
}

TEST(EvaluateFusion, WritesWhatItReads) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const Predictions fused = read_predictions(evaluation.output / "predictions.csv");
  ASSERT_EQ(fused.rows.size(), 3u);
  EXPECT_EQ(fused.rows[2].role, "test");
  EXPECT_NEAR(fused.rows[2].probabilities[2], .9, 1e-9);
  EXPECT_EQ(read_csv(evaluation.output / "metrics.csv").rows.size(), 6u);     // 2 scopes, 3 systems
  EXPECT_EQ(read_csv(evaluation.output / "per_class.csv").rows.size(), 18u);  // and 3 classes
}

TEST(EvaluateFusion, OtherRulesGiveOtherAnswers) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run({"--rule", "mean", "--no-figures"}).exit_status, 0);
  EXPECT_NEAR(read_predictions(evaluation.output / "predictions.csv").rows[0].probabilities[0], .5,
              1e-9);
  ASSERT_EQ(evaluation.run({"--rule", "product", "--no-figures"}).exit_status, 0);
  // .16 .05 .03
  EXPECT_NEAR(read_predictions(evaluation.output / "predictions.csv").rows[0].probabilities[0],
              .16 / .24, 1e-6);
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("decided_by").at("both").at("clips"), 3);
}

TEST(EvaluateFusion, TakesColumnsAndRowsInAnyOrderAndNamesWithModalityOrExtension) {
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

TEST(EvaluateFusion, FallsBackWhereAModalityIsMissing) {
  const Evaluation evaluation(kAudio,
                              "clip,neutral,happy,sad\n01-04-01-01-01-02,0.05,0.05,0.9\n"
                              "01-04-01-01-02-02,0.1,0.8,0.1\n");
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json scope = evaluation.metrics().at("all_clips");
  EXPECT_EQ(scope.at("clips"), 4);
  EXPECT_EQ(scope.at("fell_back").at("clips"), 3);
  EXPECT_EQ(scope.at("without_visual"), 2);
  EXPECT_EQ(scope.at("without_audio"), 1);
  EXPECT_EQ(scope.at("systems").at("audio").at("clips"), 3);
  EXPECT_EQ(scope.at("systems").at("visual").at("clips"), 2);
  EXPECT_EQ(scope.at("systems").at("fused").at("clips"), 4);
  EXPECT_THAT(result.out, HasSubstr("Without sound: 1 clips; without picture: 2"));
}

TEST(EvaluateFusion, RenormalisesRowsThatAreNearlyOne) {
  const Evaluation evaluation(kAudio,
                              "clip,neutral,happy,sad\n01-01-01-01-01-01,0.2003,0.5003,0.3003\n");
  EXPECT_EQ(evaluation.run().exit_status, 0);
}

TEST(EvaluateFusion, TakesTheFoldThatTestsAClip) {
  const std::string folds =
      "clip,fold,role,neutral,happy,sad\n"
      "01-01-01-01-01-01,0,test,0.8,0.1,0.1\n01-01-01-01-01-01,1,train,0.1,0.8,0.1\n"
      "01-03-01-01-01-02,0,train,0.8,0.1,0.1\n01-03-01-01-01-02,1,test,0.1,0.8,0.1\n";
  const Evaluation evaluation(folds, folds);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(figure(metrics, "held_out", "audio", "accuracy"), 1);
  EXPECT_EQ(metrics.at("held_out").at("clips"), 2);
  EXPECT_EQ(metrics.at("held_out").at("folds").size(), 2u);
  EXPECT_THAT(result.out, HasSubstr("Accuracy per fold"));
}

struct Refusal {
  const char* why;
  std::string visual;
  std::vector<std::string> says;
};

TEST(EvaluateFusion, RefusesTablesThatDoNotFitByName) {
  const std::vector<Refusal> refusals = {
      {"missing class",
       "clip,neutral,happy\n01-01-01-01-01-01,0.2,0.8\n",
       {"visual.csv has no column for the class sad of", "audio.csv"}},
      {"a class too many",
       "clip,neutral,happy,sad,angry\n01-01-01-01-01-01,0.2,0.8,0,0\n",
       {"audio.csv has no column for the class angry of", "visual.csv"}},
      {"a column of words",
       "clip,neutral,happy,sad,comment\n01-01-01-01-01-01,0.2,0.8,0,good\n",
       {"audio.csv has no column for the class comment of"}},
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
    write_file(audio / "predictions.csv", kAudio);
    write_file(audio / "split.csv", audio_split);
    write_file(audio / "split.json",
               std::string_view(R"({"format": 1, "protocol": "paper", "seed": 42})"));
    write_file(visual / "predictions.csv", kVisual);
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

TEST(EvaluateFusion, AnUnfinishedRunIsRefused) {
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

TEST(EvaluateFusion, ReadsRunsAndTheirSplits) {
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

TEST(EvaluateFusion, ASplitOfFramesSaysWhichClipsWereSeen) {
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

TEST(EvaluateFusion, NeverOverwritesARun) {
  const Runs runs(kClipSplit, kClipSplit);
  const auto before = folder_content(runs.folder.path());
  const auto result = runs.run(runs.audio);
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("would overwrite"));
  EXPECT_EQ(folder_content(runs.folder.path()), before);
  write_file(runs.folder / "other/model.safetensors", std::string_view("a model"));
  EXPECT_EQ(runs.run(runs.folder / "other").exit_status, 2);
}

TEST(EvaluateFusion, ARunWithoutPredictionsSaysWhatToDo) {
  const Runs runs(kClipSplit, kClipSplit);
  fs::remove(runs.audio / "predictions.csv");
  const auto result = runs.run(runs.output);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("has no predictions.csv"), HasSubstr("aver-train-audio"),
                                HasSubstr("--audio-posteriors")));
}

TEST(EvaluateFusion, ExpectPassesOnItsOwnFiguresAndFailsOnOthers) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const fs::path expected = evaluation.folder / "expected.json";
  fs::copy_file(evaluation.output / "metrics.json", expected);
  const auto same = evaluation.run({"--no-figures", "--expect", expected.string()});
  EXPECT_EQ(same.exit_status, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("Figures agree with"));

  json drifted = json::parse(read_file(expected));
  drifted["all_clips"]["systems"]["fused"]["accuracy"] = .99;
  write_file(expected, drifted.dump());
  const auto other = evaluation.run({"--no-figures", "--expect", expected.string()});
  EXPECT_EQ(other.exit_status, 4);
  EXPECT_THAT(other.out, HasSubstr("all_clips.systems.fused.accuracy: expected 0.99, got 1.0\n"));
  EXPECT_EQ(evaluation.run({"--no-figures", "--expect", expected.string(), "--tolerance", "0.02"})
                .exit_status,
            0);
}

TEST(EvaluateFusion, ExpectComparesOnlyWhatItIsGiven) {
  const Evaluation evaluation;
  const fs::path expected = evaluation.folder / "expected.json";
  const auto run = [&](const json& figures) {
    write_file(expected, figures.dump());
    return evaluation.run({"--no-figures", "--expect", expected.string()});
  };
  EXPECT_EQ(run({{"all_clips", {{"systems", {{"fused", {{"accuracy", 1}}}}}}}}).exit_status, 0);
  const auto clips = run({{"all_clips", {{"clips", 4}}}});
  EXPECT_EQ(clips.exit_status, 4);
  EXPECT_THAT(clips.out, HasSubstr("all_clips.clips: expected 4, got 3"));
  const auto rule = run({{"rule", "mean"}});
  EXPECT_EQ(rule.exit_status, 4);
  EXPECT_THAT(rule.out, HasSubstr("rule: expected \"mean\", got \"max-confidence\""));
  const auto gone = run({{"all_clips", {{"f3", .5}}}});
  EXPECT_EQ(gone.exit_status, 4);
  EXPECT_THAT(gone.out, HasSubstr("all_clips.f3: expected 0.5, got missing"));
  const auto nothing = run(json::object());
  EXPECT_EQ(nothing.exit_status, 2) << "a gate that compares nothing must not pass";
  EXPECT_THAT(nothing.err, HasSubstr("holds no figures"));
}

TEST(EvaluateFusion, ExpectNeedsAMetricsFileThatThisRunLeavesAlone) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const auto own = (evaluation.output / "metrics.json").string();
  EXPECT_EQ(evaluation.run({"--no-figures", "--expect", own}).exit_status, 2);
  EXPECT_EQ(evaluation.run({"--no-figures", "--expect", "nowhere.json"}).exit_status, 1);
  const auto table = evaluation.run({"--no-figures", "--expect", evaluation.audio.string()});
  EXPECT_EQ(table.exit_status, 1);
  EXPECT_THAT(table.err, HasSubstr("is no metrics.json"));
}

TEST(EvaluateFusion, IsTheSameBytesTwiceForAnyNumberOfWorkers) {
  if (!test::has_program("gnuplot")) GTEST_SKIP() << "needs gnuplot (Debian: gnuplot-nox)";
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run({"--workers", "1"}).exit_status, 0);
  const auto first = folder_content(evaluation.output);
  EXPECT_THAT(first, Contains(Key("figures/confusion_fused_held_out.png")));
  EXPECT_THAT(first, Contains(Key("figures/scores_audio_all_clips.svg")));
  fs::remove_all(evaluation.output);
  ASSERT_EQ(evaluation.run({"--workers", "4"}).exit_status, 0);
  EXPECT_EQ(folder_content(evaluation.output), first);
  ASSERT_EQ(evaluation.run({"--workers", "4"}).exit_status, 0);  // over its own results
  EXPECT_EQ(folder_content(evaluation.output), first);
}

TEST(EvaluateFusion, WithoutGnuplotWarnsAndWritesTheRest) {
  const Evaluation evaluation;
  const auto result = evaluation.run({}, {{"PATH", evaluation.folder.path().string()}});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("gnuplot-nox"));
  EXPECT_THAT(result.out, HasSubstr("100.00 %"));
  const auto files = folder_content(evaluation.output);
  EXPECT_THAT(files, Contains(Key("metrics.json")));
  EXPECT_THAT(files, Contains(Key("figures/confusion_fused_all_clips.dat")));
  EXPECT_THAT(files, Contains(Key("figures/confusion_fused_all_clips.gp")));
  EXPECT_THAT(files, Not(Contains(Key("figures/confusion_fused_all_clips.png"))));
}

TEST(EvaluateFusion, PrintsJsonAndTheCaption) {
  const Evaluation evaluation;
  const auto as_json = evaluation.run({"--no-figures", "--json"});
  EXPECT_EQ(json::parse(as_json.out), evaluation.metrics());
  const auto text = evaluation.run({"--no-figures", "--caption", "Not the paper's settings."});
  EXPECT_THAT(text.out, HasSubstr("Not the paper's settings."));
  EXPECT_THAT(read_file(evaluation.output / "table.txt"), HasSubstr("Not the paper's settings."));
}

TEST(EvaluateFusion, LeavesOtherChannelsOut) {
  const std::string table =
      "clip,neutral,happy,sad\n01-01-01-01-01-01,1,0,0\n02-03-01-01-01-01,0,1,0\n";
  const Evaluation evaluation(table, table);
  const auto speech = evaluation.run();
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("clips"), 1);
  EXPECT_THAT(speech.err, HasSubstr("1 clips of the other vocal channel left out"));
  ASSERT_EQ(evaluation.run({"--no-figures", "--channel", "all"}).exit_status, 0);
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("clips"), 2);
}

TEST(EvaluateFusion, TellsUsageFromFailure) {
  const auto help = run_command({"aver-evaluate-fusion", "--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* option : {"--visual", "--audio", "--expect", "--tolerance", "--rule"}) {
    EXPECT_THAT(help.out, HasSubstr(option));
  }
  EXPECT_EQ(run_command({"aver-evaluate-fusion", "--no-such-flag"}).exit_status, 2);

  const Evaluation evaluation;
  const auto rule = evaluation.run({"--rule", "vote", "--tolerance", "-1"});
  EXPECT_EQ(rule.exit_status, 2);
  EXPECT_THAT(rule.err, AllOf(HasSubstr("--rule vote"), HasSubstr("--tolerance -1")));
  const auto both = evaluation.run({"--audio", evaluation.folder.path().string()});
  EXPECT_EQ(both.exit_status, 2);
  EXPECT_THAT(both.err, HasSubstr("only one of --audio"));
  const auto none = run_command({"aver-evaluate-fusion", "--output", evaluation.output.string()});
  EXPECT_EQ(none.exit_status, 2);
  EXPECT_THAT(none.err, AllOf(HasSubstr("one of --visual"), HasSubstr("one of --audio")));

  fs::remove(evaluation.visual);
  const auto missing = evaluation.run();
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr(evaluation.visual.string()));
}

TEST(EvaluateFusion, PaperConfigurationHoldsEveryDefault) {
  const Evaluation evaluation;
  const auto defaults = run_command({"aver-evaluate-fusion", "--print-config"});
  EXPECT_EQ(defaults.exit_status, 0);
  const auto paper = run_command({"aver-evaluate-fusion", "--print-config", "--config",
                                  AVER_SOURCE_DIR "/configs/paper/aver-evaluate-fusion.toml"});
  EXPECT_EQ(paper.out, defaults.out) << paper.err;
  EXPECT_THAT(defaults.out, HasSubstr("\nfigures = true\n"));
}

TEST(EvaluateFusion, AnOutputThatCannotBeWrittenFails) {
  const Evaluation evaluation;
  write_file(evaluation.output, std::string_view("a file, not a folder"));
  const auto result = evaluation.run();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr(evaluation.output.string()));
  EXPECT_EQ(read_file(evaluation.output), "a file, not a folder");
}

/// What the published five-fold models are known to give.
struct Published {
  const char* rule;
  double fused, fused_uar, fused_mean, calibration;
};

TEST(EvaluateFusion, GivesThePublishedFigures) {
  AVER_REQUIRE_TEST_DATA(data);
  const TemporaryFolder folder;
  for (const Published& known : {Published{"max-confidence", .8278, .8242, .8272, .156},
                                 Published{"mean", .8313, .8281, .8303, .104},
                                 Published{"product", .8688, .8678, .8690, .095}}) {
    SCOPED_TRACE(known.rule);
    const auto result =
        run_command({"aver-evaluate-fusion", "--audio-posteriors",
                     (data / "posteriors/audio-wav2vec2.csv").string(), "--visual-posteriors",
                     (data / "posteriors/visual-au-bilstm.csv").string(), "--output",
                     folder.path().string(), "--rule", known.rule, "--no-figures"});
    ASSERT_EQ(result.exit_status, 0) << result.err;
    const json metrics = json::parse(read_file(folder / "metrics.json"));
    constexpr double kFourDigits = 5.1e-5;
    constexpr double kThreeDigits = 5.1e-4;
    EXPECT_EQ(metrics.at("all_clips").at("clips"), 1440);
    EXPECT_NEAR(figure(metrics, "all_clips", "audio", "accuracy"), .8194, kFourDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "visual", "accuracy"), .6236, kFourDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "fused", "accuracy"), known.fused, kFourDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "audio", "uar"), .8184, kFourDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "visual", "uar"), .6243, kFourDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "fused", "uar"), known.fused_uar, kFourDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "audio", "calibration_error"), .153, kThreeDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "visual", "calibration_error"), .188, kThreeDigits);
    EXPECT_NEAR(figure(metrics, "all_clips", "fused", "calibration_error"), known.calibration,
                kThreeDigits);
    const json& means = metrics.at("all_clips").at("mean_of_folds");
    EXPECT_NEAR(means.at("audio").at("accuracy").get<double>(), .8182, kFourDigits);
    EXPECT_NEAR(means.at("visual").at("accuracy").get<double>(), .6213, kFourDigits);
    EXPECT_NEAR(means.at("fused").at("accuracy").get<double>(), known.fused_mean, kFourDigits);
  }
}

}  // namespace
}  // namespace aver
