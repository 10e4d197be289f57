#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "corpus/corpus.h"
#include "cross_validation_fixture.h"
#include "prediction/predict_stage.h"
#include "store/predictions.h"

// What comes of training all folds, and the command line.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(CrossValidation, AllFoldsGiveEveryClipOnePredictionOfAModelThatHasNotSeenIt) {
  const auto report = train(audio("run"));
  const auto predictions = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  ASSERT_EQ(predictions.rows.size(), 18U);
  const Split joined = read_split(folder / "run" / "split.csv", Corpus().clips());
  EXPECT_EQ(joined.rows.size(), 3U * 18U);
  EXPECT_EQ(joined.protocol, "group-3");
  std::set<std::string> clips;
  for (const Prediction& row : predictions.rows) {
    clips.insert(row.clip);
    EXPECT_EQ(row.role, Role::test);
    const auto tested = joined.items(row.fold.value(), Role::test);
    EXPECT_TRUE(std::find(tested.begin(), tested.end(), row.clip) != tested.end()) << row.clip;
  }
  EXPECT_EQ(clips.size(), 18U);

  // Mean and deviation are those of the folds' own figures, the pooled figure that of all rows.
  const json all = metrics("run");
  std::vector<double> accuracies;
  double right = 0;
  for (int fold = 0; fold < 3; ++fold) {
    const json own = metrics(fmt::format("run/fold-{}", fold));
    EXPECT_EQ(own["fold"], fold);
    EXPECT_EQ(own["split"]["folds"], json({0, 1, 2}));
    EXPECT_EQ(all["folds"][fold]["clips"]["accuracy"], own["clips"]["test"]["accuracy"]);
    EXPECT_EQ(all["folds"][fold]["clips"]["uar"], own["clips"]["test"]["uar"]);
    accuracies.push_back(own["clips"]["test"]["accuracy"]);
    right += own["clips"]["test"]["correct"].get<double>();
  }
  const double mean = (accuracies[0] + accuracies[1] + accuracies[2]) / 3;
  double squares = 0;
  for (const double accuracy : accuracies) squares += (accuracy - mean) * (accuracy - mean);
  EXPECT_NEAR(all["mean_of_folds"]["clips"]["accuracy"].get<double>(), mean, 1e-12);
  EXPECT_NEAR(all["mean_of_folds"]["clips"]["accuracy_deviation"].get<double>(),
              std::sqrt(squares / 2), 1e-12);
  EXPECT_EQ(all["clips"]["test"]["items"], 18);
  EXPECT_NEAR(all["clips"]["test"]["accuracy"].get<double>(), right / 18, 1e-12);
  EXPECT_EQ(all["left_out"], json::array());
  EXPECT_EQ(all["leaks"], false);
  EXPECT_EQ(all["kind"], "audio");
  EXPECT_EQ(report.epochs_done, 6);
  EXPECT_THAT(report.text,
              AllOf(HasSubstr("mean ± sd"), HasSubstr("pooled"), HasSubstr("of 3 folds joined"),
                    HasSubstr("Training has seen 0 of 3 test actors, 0 of 18 test clips"),
                    Not(HasSubstr("Left out"))));
  for (const char* name :
       {"run.log", "figures/confusion_matrix.dat", "figures/scores.dat", "split.json",
        "fold-1/model.safetensors", "fold-2/figures/learning_curves.dat"}) {
    EXPECT_TRUE(fs::exists(folder / "run" / name)) << name;
  }
  EXPECT_FALSE(fs::exists(folder / "run" / "figures/learning_curves.dat"));
  EXPECT_THAT(file("run", "config.toml"), HasSubstr("folds = \"all\""));
  EXPECT_THAT(file("run/fold-2", "config.toml"), HasSubstr("folds = 2\n"));
}

TEST(FoldChoice, IsReadFromWords) {
  EXPECT_FALSE(folds_from_words({}).several());
  EXPECT_FALSE(folds_from_words({"-1"}).several());  // as an earlier config.toml has it
  EXPECT_TRUE(folds_from_words({"-1"}).numbers.empty());
  EXPECT_FALSE(folds_from_words({"3"}).several());
  EXPECT_EQ(folds_from_words({"3", "0"}).numbers, (std::vector<int>{0, 3}));
  EXPECT_TRUE(folds_from_words({"3", "0"}).several());
  EXPECT_TRUE(folds_from_words({"all"}).several());
  using Words = std::vector<std::string>;
  for (const Words& bad : {Words{"some"}, Words{"1", "all"}, Words{"1.5"}, Words{"-2"}, Words{""},
                           Words{"1", "1"}, Words{"4294967296"}}) {
    EXPECT_THROW(folds_from_words(bad), UsageError) << bad.front();
  }
}

TEST_F(CrossValidation, TheCommandTakesFoldsAsNumbersListsAndAll) {
  const auto printed = [&](const std::string& line) {
    write_file(folder / "c.toml", line + "\n");
    return run_command(
        {"aver-train-audio", "--config", (folder / "c.toml").string(), "--print-config"});
  };
  EXPECT_THAT(printed("folds = 0").out, HasSubstr("\nfolds = [\"0\"]\n"));
  EXPECT_THAT(printed("folds = \"all\"").out, HasSubstr("\nfolds = [\"all\"]\n"));
  EXPECT_THAT(printed("folds = [2, 3]").out, HasSubstr("\nfolds = [\"2\", \"3\"]\n"));
  EXPECT_THAT(printed("folds = \"2,3\"").out, HasSubstr("\nfolds = [\"2\", \"3\"]\n"));
  const auto refused = run_command(command("run", {"--folds", "1,some"}));
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("\"1,some\""));
  const auto both = run_command(command("run", {"--join", "--force"}));
  EXPECT_EQ(both.exit_status, 2);
  EXPECT_THAT(both.err, HasSubstr("--join trains nothing"));

  const auto list = run_command(command("run", {"--folds", "0,1,2", "--epochs", "1", "--json"}));
  EXPECT_EQ(list.exit_status, 0) << list.err;
  EXPECT_EQ(json::parse(list.out)["folds"].size(), 3U);
  const auto joined = run_command({"aver-train-audio", "--join", "--folds", "all", "--output",
                                   (folder / "run").string(), "--quiet"});
  EXPECT_EQ(joined.exit_status, 0) << joined.err;
  EXPECT_THAT(joined.out, HasSubstr("pooled"));
  const auto other = run_command(
      {"aver-train-visual", "--join", "--output", (folder / "run").string(), "--quiet"});
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("aver-train-audio"));
}

TEST_F(CrossValidation, AJoinedConfigRepeatsAllFolds) {
  train(audio("run", {true, {}}, 1));
  const auto again =
      run_command({"aver-train-audio", "--config", (folder / "run" / "config.toml").string(),
                   "--output", (folder / "again").string(), "--quiet"});
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(metrics("again")["folds"].size(), 3U);
  EXPECT_THAT(file("again", "config.toml"), HasSubstr("folds = \"all\""));
  EXPECT_NE(file("again/fold-0", "model.safetensors"), file("again/fold-1", "model.safetensors"));
  expect_equal_folders("run", "again");
}

TEST_F(CrossValidation, FramesAreScoredByFrameAndByClip) {
  const auto report = train(on_frames("run"));
  EXPECT_EQ(read_predictions(folder / "run" / "predictions.csv", Corpus().clips()).rows.size(),
            18U);
  EXPECT_EQ(
      read_predictions(folder / "run" / "frame_predictions.csv", Corpus().clips()).rows.size(),
      36U);
  EXPECT_EQ(metrics("run")["frames"]["test"]["items"], 36);
  EXPECT_EQ(metrics("run")["clips"]["test"]["items"], 18);
  EXPECT_EQ(metrics("run")["folds"][1]["frames"]["items"], 12);
  EXPECT_THAT(report.text, AllOf(HasSubstr("frames"), HasSubstr("0 of 3 test actors")));
  // The pictures are decoded once for all folds.
  EXPECT_TRUE(fs::exists(folder / "run" / ".pictures.cache"));
  EXPECT_FALSE(fs::exists(folder / "run" / "fold-1" / ".pictures.cache"));
}

TEST_F(CrossValidation, SubjectsOfPicturesAreKeptApartInEveryFold) {
  const auto report = train(on_images("run"));
  const auto predictions = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  EXPECT_EQ(predictions.rows.size(), 24U);
  EXPECT_EQ(metrics("run")["pictures"]["test"]["items"], 24);
  EXPECT_EQ(metrics("run")["protocol"], "group-3");
  EXPECT_THAT(report.text, HasSubstr("Training has seen 0 of 3 test subjects"));
  for (const int fold : {0, 1, 2}) {
    auto config = on_images(fmt::format("apart/fold-{}", fold));
    config.training.folds = FoldChoice::only(fold);
    train(config);
  }
  EXPECT_EQ(join<TrainVisualConfig>("apart").metrics, report.metrics);
  expect_equal_folders("run", "apart");
}

TEST_F(CrossValidation, EvaluateFusionReadsJoinedFoldsAsRuns) {
  train(audio("audio", {true, {}}, 1));
  train(on_frames("visual"));
  const auto fused = run_command({"aver-evaluate-fusion", "--audio", (folder / "audio").string(),
                                  "--visual", (folder / "visual").string(), "--output",
                                  (folder / "fusion").string(), "--quiet"});
  EXPECT_EQ(fused.exit_status, 0) << fused.err;
  EXPECT_THAT(fused.out, AllOf(HasSubstr("The 18 clips that are test clips of both models"),
                               HasSubstr("audio trained on 0 of 18 and visual on 0 of 18"),
                               HasSubstr("Training has seen 0 of 3 test actors"),
                               HasSubstr("per fold"), HasSubstr("mean")));
  const json scope = metrics("fusion")["held_out"];
  ASSERT_EQ(scope["folds"].size(), 3U);
  for (int fold = 0; fold < 3; ++fold) {
    EXPECT_NEAR(scope["folds"][fold]["audio"].get<double>(),
                metrics("audio")["folds"][fold]["clips"]["accuracy"].get<double>(), 1e-6);
    EXPECT_NEAR(scope["folds"][fold]["visual"].get<double>(),
                metrics("visual")["folds"][fold]["clips"]["accuracy"].get<double>(), 1e-6);
  }
}

TEST_F(CrossValidation, PredictingAsksForOneOfTheFolds) {
  train(audio("run", {false, {0, 2}}, 1));
  PredictConfig config;
  config.model = folder / "run";
  config.input = {mfcc};
  config.output = folder / "predictions.csv";
  config.models.threads = 1;
  NoProgress progress;
  try {
    run_predict(config, progress);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("run/fold-0"), HasSubstr("run/fold-2")));
  }
  config.model /= "fold-2";
  EXPECT_EQ(run_predict(config, progress).clips, 18U);
}

}  // namespace
}  // namespace aver::test
