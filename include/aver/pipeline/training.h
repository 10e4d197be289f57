#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "aver/base/files.h"
#include "aver/ravdess/catalog.h"

namespace aver {

/// What both trainers are told.
struct TrainingConfig {
  fs::path output;  ///< run folder
  fs::path split;   ///< split.csv; empty = protocol paper
  int fold = -1;    ///< of the split; -1 = its only one
  ChannelFilter channel = ChannelFilter::speech;
  int epochs = 50;
  int batch_size = 32;
  double learning_rate = 1e-3;
  std::uint64_t seed = 42;
  std::string select = "last";     ///< which weights are scored: "last" or "best" (validation loss)
  std::string device = "auto";     ///< "auto", "cpu" or "cuda"
  std::string precision = "fp32";  ///< of training's heavy products: "fp32", "bf16" or "auto"
  std::size_t threads = 0;         ///< of LibTorch; 0 = the CPUs this process may use
  std::size_t workers = 0;         ///< for reading the input; 0 = inline
  bool resume = false;             ///< continue an unfinished run
  bool force = false;              ///< replace what is in the run folder
  std::function<bool()> should_stop;  ///< asked often; once it says true, the run leaves cleanly

  /// What cannot work, with flag names.
  std::vector<std::string> problems() const;
};

/// What a trainer leaves behind, for the command line.
struct TrainingReport {
  bool interrupted = false;  ///< should_stop said so; the checkpoint holds the last finished epoch
  int epochs_done = 0;
  double test_accuracy = 0.0;  ///< of the test part; of frames for the visual model
  double test_uar = 0.0;
  std::string text;        ///< summary to print
  nlohmann::json metrics;  ///< as in metrics.json
};

}  // namespace aver
