#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "media/image_file.h"
#include "protocol/actor_folds.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"
#include "training/train_audio.h"
#include "training/train_visual.h"
#include "training/training.h"

namespace aver::test {

using nlohmann::json;

inline constexpr int kActors = 3;  // and as many folds, 6 clips each

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
    config.input = {folder / "frames"};
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
    EXPECT_THAT(error_of(config), testing::HasSubstr(words));
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

}  // namespace aver::test
