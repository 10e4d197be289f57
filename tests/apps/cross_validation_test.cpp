#include <gmock/gmock.h>
#include <signal.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "prediction/predict_stage.h"
#include "protocol/actor_folds.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "store/folder_lock.h"
#include "store/predictions.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"
#include "training/train_audio.h"
#include "training/train_visual.h"

using namespace aver;
using namespace aver::test;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr int kActors = 3;  // and as many folds, 6 clips each

class CrossValidation : public testing::Test {
 protected:
  CrossValidation() {
    make_mfcc_stage(mfcc, kActors, 1);
    write_split(split, split_group(items(), kActors));
  }

  static std::vector<SplitItem> items() {
    std::vector<SplitItem> items;
    for (const ClipId& id : tiny_clips(kActors, 1)) {
      items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
    }
    return items;
  }

  TrainAudioConfig audio(const std::string& run, const FoldChoice& folds = {true, {}},
                         int epochs = 2) const {
    auto config = tiny_audio(mfcc, folder / run, epochs);
    config.training.batch_size = 4;
    config.training.split = split;
    config.training.folds = folds;
    return config;
  }

  TrainVisualConfig small_visual(const std::string& run) const {
    auto config = tiny_visual(folder / run);
    config.training.batch_size = 4;
    config.training.folds = {true, {}};
    return config;
  }

  TrainVisualConfig on_frames(const std::string& run) const {
    if (!fs::exists(folder / "frames")) make_frames_stage(folder / "frames", kActors);
    auto config = small_visual(run);
    config.input = folder / "frames";
    config.training.split = split;
    return config;
  }

  /// Three subjects in two class folders, as in CK+48.
  TrainVisualConfig on_images(const std::string& run) const {
    for (int i = 0; i < 24; ++i) {
      const bool happy = i % 2 == 0;
      write_png(folder / "faces" / (happy ? "happy" : "bored") /
                    fmt::format("S{:03}_{:02}.png", 1 + i / 8, i),
                cv::Mat(12, 12, CV_8UC1, cv::Scalar::all(happy ? 200 - i : 40 + i)));
    }
    auto config = small_visual(run);
    config.images = folder / "faces";
    config.group_pattern = "^(S[0-9]+)_";
    config.group_folds = 3;
    return config;
  }

  static TrainingReport train(const TrainAudioConfig& config) {
    NoProgress progress;
    return run_train_audio(config, progress);
  }
  static TrainingReport train(const TrainVisualConfig& config) {
    NoProgress progress;
    return run_train_visual(config, progress);
  }

  /// Joins without an input or a split.
  template <typename Config>
  TrainingReport join(const std::string& run, const FoldChoice& folds = {}) const {
    Config config;
    config.training.output = folder / run;
    config.training.folds = folds;
    config.training.join = true;
    return train(config);
  }

  template <typename Config>
  static std::string error_of(const Config& config) {
    try {
      train(config);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::string join_error(const std::string& run, const FoldChoice& folds = {}) const {
    try {
      join<TrainAudioConfig>(run, folds);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::string file(const std::string& run, const std::string& name) const {
    return read_file(folder / run / name);
  }
  json metrics(const std::string& run) const { return json::parse(file(run, "metrics.json")); }
  bool is_finished(const std::string& run) const {
    return fs::exists(folder / run / "metrics.json");
  }

  /// All files but logs (times) and config.toml (paths) are the same.
  void expect_equal_folders(const std::string& a, const std::string& b) const {
    auto one = folder_content(folder / a), other = folder_content(folder / b);
    for (auto* content : {&one, &other}) {
      std::erase_if(*content, [](const auto& entry) {
        const std::string name = fs::path(entry.first).filename().string();
        return name == "run.log" || name == "config.toml" || name.starts_with('.');
      });
    }
    ASSERT_EQ(one.size(), other.size());
    for (const auto& [name, content] : one) {
      EXPECT_TRUE(other.contains(name) && other.at(name) == content) << name << " differs";
    }
  }

  /// Refused with these words, and nothing in its folder is touched.
  template <typename Config>
  void expect_untouched_refusal(const Config& config, const std::string& words) const {
    const auto before = folder_content(folder.path());
    EXPECT_THAT(error_of(config), HasSubstr(words));
    EXPECT_TRUE(folder_content(folder.path()) == before) << words;
  }

  /// The audio command with the settings of audio().
  std::vector<std::string> command(const std::string& run,
                                   const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"aver-train-audio",
                                      "--input",
                                      mfcc.string(),
                                      "--split",
                                      split.string(),
                                      "--output",
                                      (folder / run).string(),
                                      "--batch-size",
                                      "4",
                                      "--threads",
                                      "1",
                                      "--filters",
                                      "4,4,6",
                                      "--lstm",
                                      "8,6",
                                      "--dense",
                                      "8",
                                      "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TemporaryFolder folder;
  fs::path mfcc = folder / "mfcc";
  fs::path split = folder / "split.csv";
};

TEST_F(CrossValidation, AllFoldsGiveEveryClipOnePredictionOfAModelThatHasNotSeenIt) {
  const auto report = train(audio("run"));
  const auto predictions = read_predictions(folder / "run" / "predictions.csv");
  ASSERT_EQ(predictions.rows.size(), 18U);
  const Split joined = read_split(folder / "run" / "split.csv");
  EXPECT_EQ(joined.rows.size(), 3U * 18U);
  EXPECT_EQ(joined.protocol, "group-3");
  std::set<std::string> clips;
  for (const Prediction& row : predictions.rows) {
    clips.insert(row.clip);
    EXPECT_EQ(row.role, "test");
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

TEST_F(CrossValidation, FoldsTrainedApartAndJoinedAreTheSameToTheByte) {
  train(audio("at-once"));
  // A list here, one fold as a run of its own somewhere else, copied here afterwards.
  const auto list = train(audio("apart", {false, {0, 2}}));
  EXPECT_THAT(list.text, AllOf(HasSubstr("test part of 2 folds"),
                               HasSubstr("aver-train-audio --join --output")));
  EXPECT_FALSE(is_finished("apart"));
  train(audio("elsewhere", FoldChoice::only(1)));
  fs::rename(folder / "elsewhere", folder / "apart" / "fold-1");
  const auto joined = join<TrainAudioConfig>("apart");
  EXPECT_EQ(joined.metrics, metrics("apart"));
  expect_equal_folders("at-once", "apart");
  EXPECT_EQ(file("at-once", "config.toml"), file("apart", "config.toml"));

  // One of them trained further on its own is no longer the one that was joined.
  auto further = audio("apart/fold-1", FoldChoice::only(1), 3);
  further.training.resume = true;
  train(further);
  EXPECT_FALSE(is_finished("apart"));
}

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

TEST_F(CrossValidation, JoiningNamesWhatIsMissing) {
  EXPECT_THAT(join_error("nowhere"), HasSubstr("no folder fold-K"));
  train(audio("run", {false, {0, 2}}));
  EXPECT_THAT(join_error("run", {true, {}}), HasSubstr("fold 1 has no run there"));
  EXPECT_THAT(join_error("run", {false, {0, 1, 2}}), HasSubstr("fold 1 has no run there"));
  const auto part = join<TrainAudioConfig>("run");
  EXPECT_THAT(part.text, AllOf(HasSubstr("Left out: fold 1 of this split"),
                               HasSubstr("6 of 18 clips are tested by none")));
  EXPECT_EQ(metrics("run")["left_out"], json({1}));
  EXPECT_EQ(read_predictions(folder / "run" / "predictions.csv").rows.size(), 12U);
  EXPECT_THAT(file("run", "config.toml"), HasSubstr("folds = [0,2]"));
  const auto one = join<TrainAudioConfig>("run", FoldChoice::only(2));
  EXPECT_THAT(one.text, Not(HasSubstr("mean ± sd")));
  EXPECT_FALSE(one.metrics.contains("mean_of_folds"));
}

TEST_F(CrossValidation, FoldsThatDoNotBelongTogetherAreNotJoined) {
  train(audio("run", {false, {0, 1}}, 1));
  const fs::path second = folder / "run" / "fold-1";
  const std::string whole_metrics = read_file(second / "metrics.json");
  const std::string whole_config = read_file(second / "config.toml");
  const std::string whole_table = read_file(second / "predictions.csv");
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  };
  const auto expect_refusal = [&](const std::string& words) {
    const auto before = folder_content(folder.path());
    EXPECT_THAT(join_error("run"), HasSubstr(words));
    EXPECT_TRUE(folder_content(folder.path()) == before) << words;
    write_file(second / "metrics.json", whole_metrics);
    write_file(second / "config.toml", whole_config);
    write_file(second / "predictions.csv", whole_table);
  };
  write_file(second / "config.toml", with(whole_config, "epochs = 1", "epochs = 9"));
  expect_refusal("epochs = 1");
  write_file(second / "metrics.json",
             with(whole_metrics, "fingerprint\": \"", "fingerprint\": \"x"));
  expect_refusal("different splits");
  write_file(second / "metrics.json", with(whole_metrics, "\"audio\"", "\"visual\""));
  expect_refusal("aver-train-visual");
  write_file(second / "predictions.csv", with(whole_table, "happy", "bored"));
  expect_refusal("other classes");
  write_file(second / "predictions.csv",
             whole_table.substr(0, whole_table.rfind('\n', whole_table.size() - 2) + 1));
  expect_refusal("other clips or labels");
  write_file(second / "predictions.csv", with(whole_table, ",train,", ",test,"));
  expect_refusal("is a test clip of fold 0 and of fold 1");
  fs::remove(second / "metrics.json");
  expect_refusal("fold 1 is unfinished");
  fs::rename(second, folder / "run" / "fold-2");
  EXPECT_THAT(join_error("run"), HasSubstr("holds fold 1"));
}

TEST_F(CrossValidation, FoldsOfDifferentSplitsAreToldApart) {
  // The same protocol, dealt out among other actors.
  train(audio("run", FoldChoice{false, {0, 1}}, 1));
  Split other = read_split(split);
  for (SplitRow& row : other.rows) row.fold = (row.fold + 1) % 3;
  write_split(folder / "other.csv", other);
  auto config = audio("third", FoldChoice::only(2), 1);
  config.training.split = folder / "other.csv";
  train(config);
  fs::rename(folder / "third", folder / "run" / "fold-2");
  EXPECT_THAT(join_error("run"), HasSubstr("different splits"));
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
  expect_equal_folders("run", "again");
}

TEST_F(CrossValidation, FramesAreScoredByFrameAndByClip) {
  const auto report = train(on_frames("run"));
  EXPECT_EQ(read_predictions(folder / "run" / "predictions.csv").rows.size(), 18U);
  EXPECT_EQ(read_predictions(folder / "run" / "frame_predictions.csv").rows.size(), 36U);
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
  const auto predictions = read_predictions(folder / "run" / "predictions.csv");
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
                               HasSubstr("sound trained on 0 of 18 and picture on 0 of 18"),
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
  config.input = mfcc;
  config.output = folder / "predictions.csv";
  config.threads = 1;
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
