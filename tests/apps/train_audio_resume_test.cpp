#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "interrupt.h"
#include "store/safetensors.h"
#include "train_audio_fixture.h"

// Runs that stop, go on or are replaced.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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
}  // namespace aver::test
