#include "training/train_audio.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "interrupt.h"
#include "protocol/actor_folds.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "store/predictions.h"
#include "store/safetensors.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"
#include "train/runtime.h"

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class TrainAudio : public testing::Test {
 protected:
  TrainAudio() { make_mfcc_stage(input); }

  TrainAudioConfig config(const std::string& run, int epochs = 3) const {
    auto config = tiny_audio(input, folder / run, epochs);
    config.training.batch_size = 8;
    return config;
  }

  TrainingReport train(const TrainAudioConfig& settings) const {
    NoProgress progress;
    return run_train_audio(settings, progress);
  }

  /// As config(), for the command.
  std::vector<std::string> command(const std::string& run,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"aver-train-audio",
                                          "--input",
                                          input.string(),
                                          "--output",
                                          (folder / run).string(),
                                          "--batch-size",
                                          "8",
                                          "--threads",
                                          "1",
                                          "--filters",
                                          "4,4,6",
                                          "--lstm",
                                          "8,6",
                                          "--dense",
                                          "8",
                                          "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::string error_of(const TrainAudioConfig& settings) const {
    try {
      train(settings);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::string file(const std::string& run, const std::string& name) const {
    return read_file(folder / run / name);
  }

  std::size_t epochs_written(const std::string& run) const {
    const fs::path history = folder / run / "history.csv";
    return fs::exists(history) ? read_csv(history).rows.size() : 0;
  }

  /// Refused with these words, and nothing in the run folder is touched.
  void expect_untouched_refusal(const TrainAudioConfig& settings, const std::string& words) const {
    const auto before = folder_content(settings.training.output);
    EXPECT_THAT(error_of(settings), HasSubstr(words));
    EXPECT_TRUE(folder_content(settings.training.output) == before) << words;
  }

  /// All that two equal runs must share, whatever their folder.
  void expect_equal_runs(const std::string& a, const std::string& b) const {
    for (const char* name : {"model.safetensors", "best.safetensors", "history.csv", "split.csv",
                             "predictions.csv", "metrics.json", "checkpoint/last.safetensors"}) {
      EXPECT_TRUE(file(a, name) == file(b, name)) << name << " differs";
    }
  }

  TemporaryFolder folder;
  fs::path input = folder / "mfcc";
};

TEST_F(TrainAudio, WritesARunWithPredictionsForEveryClip) {
  const auto report = train(config("run", 2));
  const auto predictions = read_predictions(folder / "run" / "predictions.csv");
  EXPECT_EQ(predictions.rows.size(), 48U);
  EXPECT_EQ(predictions.classes, (std::vector<std::string>{"happy", "sad", "angry"}));
  const auto tested = std::count_if(predictions.rows.begin(), predictions.rows.end(),
                                    [](const Prediction& row) { return row.role == "test"; });
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
  EXPECT_EQ(read_split(folder / "run" / "split.csv").rows.size(), 48U);
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

TEST_F(TrainAudio, AnInterruptedRunResumesAsIfItHadNeverStopped) {
  train(config("whole", 5));
  auto settings = config("parts", 5);
  settings.training.should_stop = [&] { return epochs_written("parts") == 2; };
  const auto stopped = train(settings);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_EQ(stopped.epochs_done, 2);
  EXPECT_FALSE(fs::exists(folder / "parts" / "metrics.json"));

  settings.training.should_stop = {};
  EXPECT_THAT(error_of(settings), HasSubstr("--resume"));  // unfinished: says what to do
  settings.training.resume = true;
  EXPECT_EQ(train(settings).epochs_done, 5);
  expect_equal_runs("whole", "parts");
}

TEST_F(TrainAudio, MoreEpochsContinueAFinishedRun) {
  train(config("whole", 4));
  train(config("parts", 2));
  auto settings = config("parts", 4);
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("finished"), HasSubstr("--force")));
  settings.training.resume = true;
  train(settings);
  expect_equal_runs("whole", "parts");
  settings.training.epochs = 3;
  expect_untouched_refusal(settings, "already holds 4 epochs");
}

TEST_F(TrainAudio, ResumingWithOtherSettingsOrDataIsRefused) {
  train(config("run", 2));
  auto settings = config("run", 3);
  settings.training.resume = true;
  settings.training.seed = 1;
  expect_untouched_refusal(settings, "seed = 42");
  settings.training.seed = 42;
  write_npy(input / tiny_mfcc_path(tiny_clips(1, 1).front()), {{8, 3}, std::vector<float>(24)});
  expect_untouched_refusal(settings, "data and split");
}

TEST_F(TrainAudio, ResumingWithoutAUsableCheckpointLeavesTheRunAsItWas) {
  train(config("run", 2));
  auto settings = config("run", 3);
  settings.training.resume = true;
  const fs::path checkpoint = folder / "run" / "checkpoint" / "last.safetensors";
  const std::string whole = read_file(checkpoint);
  write_file(checkpoint, whole.substr(0, whole.size() / 2));
  expect_untouched_refusal(settings, "last.safetensors");
  Safetensors content;
  write_file(checkpoint, whole);
  content = read_safetensors(checkpoint);
  content.tensors.erase("network.output.bias");
  write_safetensors(checkpoint, content);
  expect_untouched_refusal(settings, "output.bias");
  fs::remove(checkpoint);
  expect_untouched_refusal(settings, "missing");
}

TEST_F(TrainAudio, ForceKeepsTheOldRunUntilTheNewOneCanBegin) {
  train(config("run", 1));
  const auto before = folder_content(folder / "run");
  auto settings = config("run", 1);
  settings.training.force = true;
  settings.training.seed = 43;
  settings.training.should_stop = [] { return true; };  // while the MFCCs are read
  const auto stopped = train(settings);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_THAT(stopped.text, HasSubstr("is as it was"));
  EXPECT_TRUE(folder_content(folder / "run") == before);
  settings.training.should_stop = {};
  settings.training.split = folder / "none.csv";
  EXPECT_FALSE(error_of(settings).empty());
  EXPECT_TRUE(folder_content(folder / "run") == before);
}

TEST_F(TrainAudio, StopsDuringValidationAndPrediction) {
  // Says what work is going on when it is asked to stop.
  struct Watch final : Progress {
    void start(std::string_view name, std::size_t) override { what = name; }
    void update(std::size_t, std::string_view text) override { note = text; }
    void finish() override {}
    std::string what, note;
  } watch;
  auto settings = config("run", 2);
  settings.training.should_stop = [&] { return watch.note.ends_with("validating"); };
  EXPECT_TRUE(run_train_audio(settings, watch).interrupted);
  EXPECT_EQ(epochs_written("run"), 0U);

  settings.training.resume = true;
  settings.training.should_stop = [&] { return watch.what == "predicting"; };
  const auto stopped = run_train_audio(settings, watch);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_EQ(stopped.epochs_done, 2);
  EXPECT_FALSE(fs::exists(folder / "run" / "metrics.json"));
  settings.training.should_stop = {};
  EXPECT_FALSE(train(settings).interrupted);
  EXPECT_TRUE(fs::exists(folder / "run" / "metrics.json"));
}

TEST_F(TrainAudio, ForceReplacesOnlyWhatARunWrites) {
  train(config("run", 2));
  write_file(folder / "run" / "notes.txt", "mine");
  auto settings = config("run", 1);
  settings.training.force = true;
  train(settings);
  EXPECT_EQ(read_csv(folder / "run" / "history.csv").rows.size(), 1U);
  EXPECT_EQ(file("run", "notes.txt"), "mine");

  write_file(folder / "other" / "thesis.txt", "mine");
  settings.training.output = folder / "other";
  EXPECT_THAT(error_of(settings), HasSubstr("no training run"));
  EXPECT_EQ(file("other", "thesis.txt"), "mine");
}

TEST_F(TrainAudio, NanInFeaturesIsNamedByFile) {
  const ClipId bad = tiny_clips(2, 2)[17];
  FloatArray clip = tiny_mfcc(bad, 10);
  clip.values[3] = std::numeric_limits<float>::quiet_NaN();
  write_npy(input / tiny_mfcc_path(bad), clip);
  EXPECT_THAT(error_of(config("run")), AllOf(HasSubstr(bad.stem()), HasSubstr("nan")));
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(TrainAudio, AnotherShapeIsNamedByFile) {
  const ClipId bad = tiny_clips(2, 2)[17];
  write_npy(input / tiny_mfcc_path(bad), {{5, 10}, std::vector<float>(50)});
  EXPECT_THAT(error_of(config("run")), AllOf(HasSubstr(bad.stem()), HasSubstr("5 coefficients")));
}

TEST_F(TrainAudio, ALossThatIsNoNumberLeavesTheRunUnfinished) {
  auto settings = config("run");
  settings.training.learning_rate = 1e30;
  EXPECT_THAT(error_of(settings), HasSubstr("--learning-rate"));
  EXPECT_FALSE(fs::exists(folder / "run" / "model.safetensors"));
  EXPECT_FALSE(fs::exists(folder / "run" / "metrics.json"));
}

TEST_F(TrainAudio, TrainsOneFoldOfASplit) {
  std::vector<SplitItem> items;
  for (const ClipId& id : tiny_clips(4, 2)) {
    if (id.actor < 4) {  // the fourth actor is in no part
      items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
    }
  }
  write_split(folder / "split.csv", split_group(items, 3));
  auto settings = config("run", 1);
  settings.training.split = folder / "split.csv";
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("0, 1, 2"), HasSubstr("--folds")));
  settings.training.folds = FoldChoice::only(7);
  EXPECT_THAT(error_of(settings), HasSubstr("0, 1, 2"));
  settings.training.folds = FoldChoice::only(1);
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["fold"], 1);
  EXPECT_EQ(report.metrics["protocol"], "group-3");
  EXPECT_FALSE(report.metrics["leaks"].get<bool>());
  EXPECT_EQ(report.metrics["clips"]["test"]["items"], 12);
  const auto predictions = read_predictions(folder / "run" / "predictions.csv");
  EXPECT_EQ(predictions.rows.size(), 48U);
  EXPECT_EQ(predictions.rows.back().role, "");
  EXPECT_EQ(read_split(folder / "run" / "split.csv").folds(), std::vector<int>{1});
}

TEST_F(TrainAudio, ASplitOfOtherClipsIsRefused) {
  Split split{
      "clip", 1, {{0, "01-01-01-01-01-24", Role::train}, {0, "01-02-01-01-01-24", Role::test}}};
  write_split(folder / "split.csv", split);
  auto settings = config("run");
  settings.training.split = folder / "split.csv";
  EXPECT_THAT(error_of(settings), HasSubstr("made for other clips"));
}

TEST_F(TrainAudio, AMissingValidationPartIsNotReplacedByTheTestPart) {
  std::vector<SplitItem> items;
  for (const ClipId& id : tiny_clips(4, 2)) {
    items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
  }
  write_split(folder / "split.csv", split_group(items, 4));
  // Fold 0 tests actor 1 and validates on actor 2; leave actor 2 out of the input.
  TrainAudioConfig settings = config("run", 1);
  settings.training.split = folder / "split.csv";
  settings.training.folds = FoldChoice::only(0);
  const Split split = read_split(folder / "split.csv");
  Split present{split.protocol, split.seed, {}};
  std::string validating;
  for (const SplitRow& row : split.rows) {
    if (row.fold == 0 && row.role == Role::validation)
      validating = row.item.substr(row.item.size() - 2);
  }
  ASSERT_FALSE(validating.empty());
  StageWriter writer(folder / "part",
                     {"aver-compute-mfcc", "mfcc", {{"sample-rate", 22050}, {"coefficients", 8}}},
                     false);
  for (const ClipId& id : tiny_clips(4, 2)) {
    if (id.key().ends_with(validating)) continue;
    write_npy(folder / "part" / tiny_mfcc_path(id), tiny_mfcc(id, 12));
    writer.add({id, "a.wav", {1, 1}, {{tiny_mfcc_path(id), "8x12"}}});
  }
  writer.complete();
  settings.input = folder / "part";
  EXPECT_THAT(error_of(settings),
              AllOf(HasSubstr("validation part"), HasSubstr("none of the clips")));
  EXPECT_FALSE(fs::exists(folder / "run"));

  // Without a validation part in the split itself, the test part validates and the verdict says so.
  // It counts the 36 clips that are there, not the 48 of the split.
  write_split(folder / "split2.csv", split_group(items, 2));
  settings.training.split = folder / "split2.csv";
  const auto report = train(settings);
  EXPECT_THAT(report.text, HasSubstr("The test part also served as validation."));
  EXPECT_EQ(report.metrics["leaks"], false);
  const auto tested = report.metrics["clips"]["test"]["items"].get<int>();
  EXPECT_THAT(report.text, HasSubstr(fmt::format("of {} test clips", tested)));
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
  settings.network.dropout = 2;
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

TEST_F(TrainAudio, AnUnknownConfigKeyIsNamed) {
  write_file(folder / "c.toml", "epoch = 3\n");
  const auto result = run_command(command("run", {"--config", (folder / "c.toml").string()}));
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("c.toml"), HasSubstr("epoch"), HasSubstr("epochs")));
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
  settings.training.channel = ChannelFilter::all;
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

TEST_F(TrainAudio, AKilledRunResumesAsIfItHadNeverStopped) {
  const std::vector<std::string> epochs = {"--epochs", "60"};
  const auto killed = run_and_kill(command("killed", epochs), SIGKILL,
                                   [&] { return fs::exists(folder / "killed" / "history.csv"); });
  ASSERT_EQ(killed.exit_status, 128 + SIGKILL) << killed.err;
  EXPECT_EQ(run_command(command("killed", epochs)).exit_status, 2);
  EXPECT_EQ(run_command(command("killed", {"--epochs", "60", "--resume"})).exit_status, 0);
  EXPECT_EQ(run_command(command("whole", epochs)).exit_status, 0);
  expect_equal_runs("whole", "killed");
}

/// Does something else as soon as the input is being read.
class Meanwhile final : public Progress {
 public:
  explicit Meanwhile(std::function<void()> other) : other_(std::move(other)) {}
  void start(std::string_view, std::size_t) override {
    if (other_) std::exchange(other_, nullptr)();
  }
  void update(std::size_t, std::string_view) override {}
  void finish() override {}

 private:
  std::function<void()> other_;
};

TEST_F(TrainAudio, ARunThatAnotherTrainingFinishedMeanwhileIsNotReplaced) {
  const auto other = command("run", {"--epochs", "2"});
  Meanwhile meanwhile([&] { EXPECT_EQ(run_command(other).exit_status, 0); });
  try {
    run_train_audio(config("run", 1), meanwhile);
    ADD_FAILURE() << "the other run was replaced";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("holds a finished run"));
  }
  EXPECT_EQ(read_csv(folder / "run" / "history.csv").rows.size(), 2U);
}

TEST_F(TrainAudio, CtrlCSavesAndLeavesWithStatus130) {
  const auto stopped = run_and_kill(command("run", {"--epochs", "3000"}), SIGINT,
                                    [&] { return fs::exists(folder / "run" / "history.csv"); });
  EXPECT_EQ(stopped.exit_status, 130) << stopped.err;
  EXPECT_THAT(stopped.out, HasSubstr("--resume"));
  const auto done = read_csv(folder / "run" / "history.csv").rows.size();
  EXPECT_GE(done, 1U);
  const auto resumed =
      run_command(command("run", {"--epochs", std::to_string(done + 1), "--resume", "--json"}));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_EQ(nlohmann::json::parse(resumed.out)["epochs_done"], done + 1);
}

TEST(Interrupt, ASecondSignalOfTheOtherKindKills) {
  const auto interrupted_twice = [](int first, int second) {
    cli::catch_interrupts();
    raise(first);
    if (!cli::interrupted()) std::exit(3);
    raise(second);
    std::exit(4);
  };
  EXPECT_EXIT(interrupted_twice(SIGINT, SIGTERM), testing::KilledBySignal(SIGTERM), "");
  EXPECT_EXIT(interrupted_twice(SIGTERM, SIGINT), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
