#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "corpus/corpus.h"
#include "evaluate_fusion_fixture.h"
#include "store/predictions.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::Evaluation;
using test::folder_content;
using test::kAudio;
using test::metric;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

TEST(EvaluateFusion, ScoresAudioVisualAndBoth) {
  const Evaluation evaluation;
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("both (maximum confidence)"), HasSubstr("100.00 %"),
                                HasSubstr("66.67 %"), HasSubstr("Leak check: LEAK")));
  const json metrics = evaluation.metrics();
  EXPECT_NEAR(metric(metrics, "all_clips", "audio", "accuracy"), 2. / 3, 1e-6);
  EXPECT_NEAR(metric(metrics, "all_clips", "visual", "accuracy"), 2. / 3, 1e-6);
  EXPECT_EQ(metric(metrics, "all_clips", "fused", "accuracy"), 1);
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
  EXPECT_THAT(result.out, HasSubstr("audio trained on 2 of 3 and visual on 2 of 3"));
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
  EXPECT_EQ(metric(metrics, "held_out", "audio", "accuracy"), 0);
  EXPECT_EQ(metric(metrics, "held_out", "fused", "accuracy"), 1);
  EXPECT_THAT(metrics.at("held_out").at("verdict").at("audio").get<std::string>(),
              HasSubstr("none found"));
  // One model's training clip is nobody's test clip.
  const Evaluation crossed(kAudio,
                           "clip,role,neutral,happy,sad\n01-01-01-01-01-01,test,1,0,0\n"
                           "01-03-01-01-01-01,test,0,1,0\n01-04-01-01-01-02,train,0,0,1\n");
  EXPECT_THAT(crossed.run().out, HasSubstr("No table of held-out clips: audio holds out 1 and "
                                           "visual 2 clips, none of them in common"));
  EXPECT_FALSE(crossed.metrics().contains("held_out"));
}

TEST(EvaluateFusion, WritesWhatItReads) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const Predictions fused =
      read_predictions(evaluation.output / "predictions.csv", Corpus().clips());
  ASSERT_EQ(fused.rows.size(), 3u);
  EXPECT_EQ(fused.rows[2].role, Role::test);
  EXPECT_NEAR(fused.rows[2].probabilities[2], .9, 1e-9);
  EXPECT_EQ(read_csv(evaluation.output / "metrics.csv").rows.size(), 6u);     // 2 scopes, 3 systems
  EXPECT_EQ(read_csv(evaluation.output / "per_class.csv").rows.size(), 18u);  // and 3 classes
}

TEST(EvaluateFusion, OtherRulesGiveOtherAnswers) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run({"--rule", "mean", "--no-figures"}).exit_status, 0);
  EXPECT_NEAR(read_predictions(evaluation.output / "predictions.csv", Corpus().clips())
                  .rows[0]
                  .probabilities[0],
              .5, 1e-9);
  ASSERT_EQ(evaluation.run({"--rule", "product", "--no-figures"}).exit_status, 0);
  // .16 .05 .03
  EXPECT_NEAR(read_predictions(evaluation.output / "predictions.csv", Corpus().clips())
                  .rows[0]
                  .probabilities[0],
              .16 / .24, 1e-6);
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("decided_by").at("both").at("clips"), 3);
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
  EXPECT_THAT(result.out, HasSubstr("Without audio: 1 clips; without visual: 2"));
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
  EXPECT_THAT(rule.err,
              AllOf(HasSubstr("not 'vote'"), HasSubstr("--tolerance must be at least 0, not -1")));
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
                     folder.path().string(), "--rule", known.rule, "--no-fit", "--no-figures"});
    ASSERT_EQ(result.exit_status, 0) << result.err;
    const json metrics = json::parse(read_file(folder / "metrics.json"));
    constexpr double kFourDigits = 5.1e-5;
    constexpr double kThreeDigits = 5.1e-4;
    EXPECT_EQ(metrics.at("all_clips").at("clips"), 1440);
    EXPECT_NEAR(metric(metrics, "all_clips", "audio", "accuracy"), .8194, kFourDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "visual", "accuracy"), .6236, kFourDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "fused", "accuracy"), known.fused, kFourDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "audio", "uar"), .8184, kFourDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "visual", "uar"), .6243, kFourDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "fused", "uar"), known.fused_uar, kFourDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "audio", "calibration_error"), .153, kThreeDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "visual", "calibration_error"), .188, kThreeDigits);
    EXPECT_NEAR(metric(metrics, "all_clips", "fused", "calibration_error"), known.calibration,
                kThreeDigits);
    const json& means = metrics.at("all_clips").at("mean_of_folds");
    EXPECT_NEAR(means.at("audio").at("accuracy").get<double>(), .8182, kFourDigits);
    EXPECT_NEAR(means.at("visual").at("accuracy").get<double>(), .6213, kFourDigits);
    EXPECT_NEAR(means.at("fused").at("accuracy").get<double>(), known.fused_mean, kFourDigits);
  }
}

}  // namespace
}  // namespace aver
