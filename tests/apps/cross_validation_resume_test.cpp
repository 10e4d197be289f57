#include <gmock/gmock.h>
#include <signal.h>

#include "cross_validation_fixture.h"
#include "store/folder_lock.h"

// Folds that go on, and folders and folds that are refused.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(CrossValidation, ResumesInTheFoldThatWasInterrupted) {
  train(audio("whole"));
  auto config = audio("parts");
  const fs::path history = folder / "parts" / "fold-1" / "history.csv";
  config.training.should_stop = [&] { return fs::exists(history); };
  const auto stopped = train(config);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_THAT(stopped.text,
              AllOf(HasSubstr("in fold 1 after epoch 1 of 2"), HasSubstr("--resume")));
  EXPECT_TRUE(is_finished("parts/fold-0"));
  EXPECT_FALSE(is_finished("parts"));
  EXPECT_FALSE(fs::exists(folder / "parts" / "fold-2"));

  config.training.should_stop = {};
  expect_untouched_refusal(config, "--resume");
  config.training.resume = true;
  const std::string log = file("parts/fold-0", "run.log");
  const auto resumed = train(config);
  EXPECT_EQ(file("parts/fold-0", "run.log"), log);  // its work is not done again
  EXPECT_EQ(resumed.epochs_done, 4);
  expect_equal_folders("whole", "parts");

  // Once more there is nothing to train, and the joined tables come out again.
  EXPECT_EQ(train(config).epochs_done, 0);
  expect_equal_folders("whole", "parts");
}

TEST_F(CrossValidation, AKilledCommandResumesAndCtrlCLeavesWithStatus130) {
  const auto fold_has_begun = [&](int fold) {
    return [this, fold] {
      return fs::exists(folder / "run" / fmt::format("fold-{}", fold) / "history.csv");
    };
  };
  const auto killed = run_and_kill(command("run", {"--folds", "all", "--epochs", "40"}), SIGKILL,
                                   fold_has_begun(0));
  ASSERT_EQ(killed.exit_status, 128 + SIGKILL) << killed.err;
  const auto again = [&](const char* how) {
    return command("run", {"--folds", "all", "--epochs", "40", how});
  };
  const auto stopped = run_and_kill(again("--resume"), SIGINT, fold_has_begun(1));
  ASSERT_EQ(stopped.exit_status, 130) << stopped.err;
  EXPECT_THAT(stopped.out, AllOf(HasSubstr("in fold 1"), HasSubstr("--resume")));
  const auto resumed = run_command(again("--resume"));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("pooled"));
  train(audio("whole", {true, {}}, 40));
  expect_equal_folders("whole", "run");
}

TEST_F(CrossValidation, FoldersThatAnotherProgramWritesToAreLeftAlone) {
  train(audio("run"));
  auto config = audio("run", {true, {}}, 3);
  for (const bool force : {false, true}) {
    config.training.resume = !force;
    config.training.force = force;
    {
      const FolderLock fold(folder / "run" / "fold-1");
      expect_untouched_refusal(config, "another program is writing to");
    }
    const FolderLock other_folds(folder / "run", FolderLock::Kind::shared);
    expect_untouched_refusal(config, "another program is writing to");
  }
  const FolderLock joined(folder / "run");
  EXPECT_THAT(join_error("run"), HasSubstr("another program is writing to"));
  config.training.folds = {false, {0, 1}};
  expect_untouched_refusal(config, "another program is writing to");
}

TEST_F(CrossValidation, MoreEpochsContinueEveryFold) {
  train(audio("whole", {true, {}}, 2));
  auto config = audio("parts", {true, {}}, 1);
  train(config);
  config.training.epochs = 2;
  expect_untouched_refusal(config, "finished run");
  config.training.resume = true;
  EXPECT_EQ(train(config).epochs_done, 6);
  expect_equal_folders("whole", "parts");
  config.training.epochs = 1;
  EXPECT_THAT(error_of(config), HasSubstr("already holds 2 epochs"));
}

TEST_F(CrossValidation, ResumingWithOtherSettingsOrDataIsRefusedBeforeAnyFoldIsTouched) {
  train(audio("run", {false, {0, 1}}));
  auto config = audio("run");
  config.training.resume = true;
  config.training.seed = 1;
  expect_untouched_refusal(config, "seed = 42");
  config.training.seed = 42;
  write_npy(mfcc / tiny_mfcc_path(tiny_clips(1, 1).front()), {{8, 3}, std::vector<float>(24)});
  expect_untouched_refusal(config, "data and split");
}

TEST_F(CrossValidation, FoldersOfOtherThingsAreRefused) {
  write_file(folder / "other" / "thesis.txt", "mine");
  expect_untouched_refusal(audio("other"), "no training run");
  train(audio("single", FoldChoice::only(0)));
  for (const bool force : {false, true}) {
    auto config = audio("single");
    config.training.force = force;
    expect_untouched_refusal(config, "run of a single fold");
  }
  train(audio("several", {false, {0, 1}}));
  for (const bool force : {false, true}) {
    auto config = audio("several", FoldChoice::only(0));
    config.training.force = force;
    config.training.resume = !force;
    expect_untouched_refusal(config, "several/fold-0");
  }
}

TEST_F(CrossValidation, FoldsThatAreNotThereAreNamed) {
  expect_untouched_refusal(audio("run", {false, {1, 7}}), "--folds 7");
  expect_untouched_refusal(audio("run", {false, {1, 7}}), "0, 1, 2");
  auto config = audio("run");
  config.training.split.clear();
  expect_untouched_refusal(config, "--folds needs --split");
  write_split(folder / "frames.csv", {"mine",
                                      1,
                                      {{0, "01-01-03-01-01-01_frame_0000", Role::train},
                                       {0, "01-01-03-01-01-01_frame_0005", Role::test}}});
  auto frames = on_frames("run");
  frames.training.split = folder / "frames.csv";
  expect_untouched_refusal(frames, "whole clips");
}

TEST_F(CrossValidation, ForceReplacesTheseFoldsOnceTheInputIsKnownToBeGood) {
  train(audio("run"));
  write_file(folder / "run" / "fold-0" / "notes.txt", "mine");
  auto config = audio("run", {false, {0, 1}});
  config.training.force = true;
  config.training.seed = 43;
  config.training.should_stop = [] { return true; };
  const auto before = folder_content(folder / "run");
  const auto stopped = train(config);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_THAT(stopped.text, HasSubstr("is as it was"));
  EXPECT_TRUE(folder_content(folder / "run") == before);
  config.training.should_stop = {};
  config.training.split = folder / "none.csv";
  expect_untouched_refusal(config, "none.csv");

  config.training.split = split;
  train(config);
  EXPECT_EQ(file("run/fold-0", "notes.txt"), "mine");
  EXPECT_NE(file("run/fold-1", "model.safetensors"), before.at("fold-1/model.safetensors"));
  EXPECT_EQ(file("run/fold-2", "model.safetensors"), before.at("fold-2/model.safetensors"));
  EXPECT_FALSE(is_finished("run"));  // what was joined are no longer these folds
  EXPECT_THAT(join_error("run"), HasSubstr("seed = 43, "));
}

TEST_F(CrossValidation, AFoldThatFailsLeavesTheOthersAndStatus1) {
  // An unfinished run of fold 1 whose table cannot be replaced.
  write_file(folder / "run" / "fold-1" / "config.toml", "# aver-train-audio\n");
  write_file(folder / "run" / "fold-1" / "predictions.csv" / "blocked", "");
  const std::vector<std::string> more = {"--folds", "all", "--epochs", "1", "--resume"};
  const auto failed = run_command(command("run", more));
  EXPECT_EQ(failed.exit_status, 1);
  EXPECT_THAT(failed.out, AllOf(HasSubstr("fold 1 failed"), HasSubstr("predictions.csv"),
                                HasSubstr("test part of 2 folds")));
  EXPECT_TRUE(is_finished("run/fold-0"));
  EXPECT_TRUE(is_finished("run/fold-2"));
  EXPECT_FALSE(is_finished("run"));
  EXPECT_THAT(join_error("run"), HasSubstr("fold 1 is unfinished"));

  fs::remove_all(folder / "run" / "fold-1" / "predictions.csv");
  EXPECT_EQ(run_command(command("run", more)).exit_status, 0);
  EXPECT_TRUE(is_finished("run"));
}

}  // namespace
}  // namespace aver::test
