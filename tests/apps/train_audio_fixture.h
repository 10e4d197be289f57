#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "base/csv.h"
#include "base/error.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"
#include "training/train_audio.h"

namespace aver::test {

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
    EXPECT_THAT(error_of(settings), testing::HasSubstr(words));
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

}  // namespace aver::test
