#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "corpus/corpus.h"
#include "protocol/split_file.h"
#include "store/predictions.h"
#include "store/safetensors.h"
#include "train/runtime.h"
#include "train_audio_fixture.h"

// What a run holds, and the command line.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(TrainAudio, WritesARunWithPredictionsForEveryClip) {
  const auto report = train(config("run", 2));
  const auto predictions = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  EXPECT_EQ(predictions.rows.size(), 48U);
  EXPECT_EQ(predictions.classes, (std::vector<std::string>{"happy", "sad", "angry"}));
  const auto tested = std::count_if(predictions.rows.begin(), predictions.rows.end(),
                                    [](const Prediction& row) { return row.role == Role::test; });
  EXPECT_EQ(tested, 8);  // ceil(.15 · 48)
  const auto metrics = nlohmann::json::parse(file("run", "metrics.json"));
  EXPECT_EQ(metrics["format"], 1);
  EXPECT_EQ(metrics["protocol"], "paper");
  EXPECT_EQ(metrics["clips"]["test"]["items"], 8);
  EXPECT_EQ(metrics["clips"]["train"]["items"], 40);
  EXPECT_DOUBLE_EQ(metrics["clips"]["test"]["accuracy"], report.test_accuracy);
  EXPECT_TRUE(metrics["leaks"]);  // actors are shared at random
  EXPECT_THAT(report.text, AllOf(HasSubstr("protocol paper"), HasSubstr("Leak check"),
                                 HasSubstr("also served as validation")));
  EXPECT_EQ(read_csv(folder / "run" / "history.csv").rows.size(), 2U);
  EXPECT_EQ(read_split(folder / "run" / "split.csv", Corpus().clips()).rows.size(), 48U);
  for (const char* name : {"config.toml", "run.log", "figures/learning_curves.dat",
                           "figures/confusion_matrix.dat", "figures/scores.dat"}) {
    EXPECT_TRUE(fs::exists(folder / "run" / name)) << name;
  }
}

TEST_F(TrainAudio, LearnsClassesThatCanBeTold) {
  auto settings = config("run", 20);
  settings.training.learning_rate = 0.01;
  const auto report = train(settings);
  EXPECT_GT(report.metrics["clips"]["train"]["accuracy"].get<double>(), 0.8);
}

TEST_F(TrainAudio, EqualRunsHaveEqualBytes) {
  train(config("a"));
  train(config("b"));
  expect_equal_runs("a", "b");
  auto other = config("c");
  other.training.seed = 43;
  train(other);
  EXPECT_FALSE(file("a", "model.safetensors") == file("c", "model.safetensors"));
}

bool cpu_has_bf16() {
  return choose_precision("auto", "cpu") == Precision::bf16;
}

TEST_F(TrainAudio, PrecisionIsRecordedAsWhatAutoCameTo) {
  auto settings = config("run", 1);
  settings.training.device = "cpu";
  settings.training.precision = "auto";
  train(settings);
  EXPECT_THAT(file("run", "config.toml"),
              HasSubstr(cpu_has_bf16() ? "precision = \"bf16\"" : "precision = \"fp32\""));
  EXPECT_THAT(file("run", "config.toml"), Not(HasSubstr("precision = \"auto\"")));
}

TEST_F(TrainAudio, Bfloat16LearnsAndResumesLikeFloat) {
  if (!cpu_has_bf16()) GTEST_SKIP() << "this CPU does not multiply bfloat16";
  auto settings = config("whole", 4);
  settings.training.precision = "bf16";
  train(settings);
  auto half = config("half", 2);
  half.training.precision = "bf16";
  train(half);
  half.training.epochs = 4;
  half.training.resume = true;
  train(half);
  expect_equal_runs("whole", "half");
  EXPECT_NE(file("whole", "history.csv"), (train(config("fp32", 4)), file("fp32", "history.csv")));

  auto other = half;
  other.training.precision = "fp32";
  expect_untouched_refusal(other, "precision");
}

TEST_F(TrainAudio, BadPrecisionIsRefused) {
  EXPECT_EQ(run_command(command("run", {"--precision", "half"})).exit_status, 2);
  if (!cpu_has_bf16()) {
    const auto refused = run_command(command("run", {"--precision", "bf16", "--device", "cpu"}));
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_THAT(refused.err, HasSubstr("does not multiply bfloat16"));
  }
}

TEST_F(TrainAudio, ALossThatIsNoNumberLeavesTheRunUnfinished) {
  auto settings = config("run");
  settings.training.learning_rate = 1e30;
  EXPECT_THAT(error_of(settings), HasSubstr("--learning-rate"));
  EXPECT_FALSE(fs::exists(folder / "run" / "model.safetensors"));
  EXPECT_FALSE(fs::exists(folder / "run" / "metrics.json"));
}

TEST_F(TrainAudio, BestUnderPaperIsFlaggedAsChosenOnTheTestPart) {
  auto settings = config("run", 4);
  settings.training.select = "best";
  settings.training.learning_rate = 0.05;
  const auto report = train(settings);
  EXPECT_TRUE(report.metrics["chosen_on_test_part"].get<bool>());
  EXPECT_THAT(report.text, HasSubstr("chosen on the test part"));
  // The scored weights are those of the best epoch.
  EXPECT_EQ(read_safetensors(folder / "run" / "model.safetensors")
                .tensors.at("network.output.bias")
                .bytes,
            read_safetensors(folder / "run" / "best.safetensors")
                .tensors.at("network.output.bias")
                .bytes);
}

TEST_F(TrainAudio, EveryProblemOfTheOptionsIsListed) {
  TrainAudioConfig settings;
  settings.training.epochs = 0;
  settings.training.select = "luckiest";
  settings.network.as<AudioNetOptions>().dropout = 2;
  try {
    settings.validate();
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("--input"), HasSubstr("--output"), HasSubstr("--epochs"),
                      HasSubstr("--select"), HasSubstr("--dropout")));
  }
}

TEST_F(TrainAudio, ARunFolderThatCannotBeWrittenIsAnError) {
  write_file(folder / "blocked", "a file");
  auto settings = config("blocked/run");
  EXPECT_THAT(error_of(settings), HasSubstr("blocked"));
}

TEST_F(TrainAudio, CommandHelpDescribesAndRefuses) {
  EXPECT_THAT(run_command({"aver-train-audio", "--help"}).out, HasSubstr("--mask-padding"));
  const auto described = run_command({"aver-train-audio", "--describe"});
  EXPECT_EQ(described.exit_status, 0);
  EXPECT_THAT(described.out, AllOf(HasSubstr("57 x 2560"), HasSubstr("3,507,272")));
  const auto own = run_command({"aver-train-audio", "--describe", "--input", input.string()});
  EXPECT_THAT(own.out, HasSubstr("14 x 8 x 64"));  // the longest clip here
  EXPECT_EQ(run_command({"aver-train-audio", "--bogus"}).exit_status, 2);
  EXPECT_EQ(run_command({"aver-train-audio"}).exit_status, 2);
  const auto device = run_command(command("run", {"--device", "tpu"}));
  EXPECT_EQ(device.exit_status, 2);
  EXPECT_THAT(device.err, HasSubstr("tpu"));
  const auto missing = run_command({"aver-train-audio", "--input", (folder / "none").string(),
                                    "--output", (folder / "run").string()});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr("none"));
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(TrainAudio, OpenBlasComputesForThisCpuOrForTheOneThatIsNamed) {
  if (__builtin_cpu_supports("avx2") == 0) GTEST_SKIP() << "this CPU has no AVX2";
  const auto first_line_with = [&](const std::string& run, const std::string& core) {
    auto words = command(run, {"--epochs", "1"});
    words.insert(words.begin(), {"env", core});
    words[2] = (fs::path(std::getenv("AVER_BIN_DIR")) / words[2]).string();
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    const std::string log = file(run, "run.log");
    return log.substr(0, log.find('\n'));
  };
  const std::string named = first_line_with("named", "OPENBLAS_CORETYPE=Prescott");
  if (named.find("OpenBLAS") == std::string::npos) GTEST_SKIP() << "another BLAS: " << named;
  EXPECT_THAT(named, HasSubstr(" for Prescott"));
  EXPECT_THAT(first_line_with("own", "--unset=OPENBLAS_CORETYPE"),
              AllOf(HasSubstr("OpenBLAS"), HasSubstr(" for "), Not(HasSubstr(" for Prescott"))));
}

TEST_F(TrainAudio, AnUnknownConfigKeyIsNamed) {
  write_file(folder / "c.toml", "epoch = 3\n");
  const auto result = run_command(command("run", {"--config", (folder / "c.toml").string()}));
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("c.toml"), HasSubstr("epoch"), HasSubstr("epochs")));
}

TEST_F(TrainAudio, AnUnknownArchitectureIsRefusedWithThoseThereAre) {
  const auto told = run_command(command("run", {"--architecture", "paper-cnn-lstn"}));
  EXPECT_EQ(told.exit_status, 2);
  EXPECT_THAT(told.err, AllOf(HasSubstr("--architecture paper-cnn-lstn"),
                              HasSubstr("did you mean paper-cnn-lstm?"), HasSubstr("known: ")));
  write_file(folder / "c.toml", "architecture = \"paper-cnn\"\n");
  const auto configured = run_command(command("run", {"--config", (folder / "c.toml").string()}));
  EXPECT_EQ(configured.exit_status, 2);
  EXPECT_THAT(configured.err,
              HasSubstr("--architecture paper-cnn: there is no such audio network"));
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(TrainAudio, TheArchitectureOfTheCommandLineWinsOverTheConfigFile) {
  write_file(folder / "c.toml", "architecture = \"none\"\n");
  const auto printed = run_command({"aver-train-audio", "--config", (folder / "c.toml").string(),
                                    "--architecture=paper-cnn-lstm", "--print-config"});
  EXPECT_EQ(printed.exit_status, 0) << printed.err;
  EXPECT_THAT(printed.out, HasSubstr("architecture = \"paper-cnn-lstm\""));
}

TEST_F(TrainAudio, ARunSaysItsArchitectureAndTheModelOnlyWhereItIsNotThePapers) {
  train(config("run", 1));
  EXPECT_THAT(file("run", "config.toml"), HasSubstr("architecture = \"paper-cnn-lstm\""));
  const auto model = read_safetensors(folder / "run" / "model.safetensors");
  EXPECT_EQ(model.metadata.at("kind"), "audio");
  EXPECT_FALSE(model.metadata.contains("architecture"));
}

TEST_F(TrainAudio, ThePaperConfigIsTheDefault) {
  const fs::path paper = fs::path(AVER_SOURCE_DIR) / "configs/paper/aver-train-audio.toml";
  const auto defaults = run_command({"aver-train-audio", "--print-config"});
  const auto configured =
      run_command({"aver-train-audio", "--config", paper.string(), "--print-config"});
  EXPECT_EQ(configured.err, "");
  EXPECT_EQ(defaults.out, configured.out);
}

TEST_F(TrainAudio, ARunsOwnConfigRepeatsIt) {
  auto settings = config("run", 1);
  settings.training.choice.channel = ChannelFilter::all;
  settings.training.workers = 2;
  train(settings);
  EXPECT_THAT(file("run", "config.toml"),
              AllOf(HasSubstr("channel = \"all\""), HasSubstr("workers = 2")));
  const auto again =
      run_command({"aver-train-audio", "--config", (folder / "run" / "config.toml").string(),
                   "--output", (folder / "again").string(), "--quiet", "--json"});
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out)["epochs_done"], 1);
  expect_equal_runs("run", "again");
}

}  // namespace
}  // namespace aver::test
