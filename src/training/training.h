#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/option_value.h"
#include "corpus/corpus.h"
#include "runs/second_head.h"
#include "train/recipe.h"
#include "train/start.h"

namespace aver {

class Options;

/// Which folds of a split are meant.
struct FoldChoice {
  bool all = false;
  std::vector<int> numbers;  ///< rising; empty = all of them, or the split's only one

  static FoldChoice only(int fold) { return {false, {fold}}; }
  /// True when every fold becomes a run folder of its own, `<output>/fold-K`.
  bool several() const { return all || numbers.size() > 1; }
};

/// "all", or numbers from 0 up; nothing, or the "-1" of a run's config.toml, is the split's only
/// fold. Throws UsageError for anything else.
FoldChoice folds_from_words(const std::vector<std::string>& words);

/// The value as an option. A run's setting is the one fold it trains, -1 for the split's only one.
OptionValue option_value(FoldChoice& folds);

/// By its text, "intensity=normal,strong"; "" is none.
OptionValue option_value(SecondHead& head);

/// What both trainers are told.
struct TrainingConfig {
  fs::path output;   ///< run folder, or with several folds the folder that theirs are in
  fs::path split;    ///< split.csv; empty = protocol paper
  FoldChoice folds;  ///< of the split
  ClipChoice choice;
  int epochs = 50;
  int batch_size = 32;
  double learning_rate = 1e-3;
  std::uint64_t seed = 42;
  std::vector<int> seeds;  ///< two or more: a run of each, and their mean as the model
  Recipe recipe;
  SecondHead second_head;          ///< learned beside the classes
  double second_head_weight = 1;   ///< of its loss beside the classes'
  StartOptions start;              ///< weights to begin with
  std::string select = "last";     ///< which weights are scored: "last" or "best" (validation loss)
  bool tensorboard = false;        ///< write event files beside history.csv
  std::string device = "auto";     ///< "auto", "cpu" or "cuda"
  std::string precision = "fp32";  ///< of training's heavy products: "fp32", "bf16" or "auto"
  std::size_t threads = 0;         ///< of LibTorch; 0 = the CPUs this process may use
  std::size_t workers = 0;         ///< for reading the input; 0 = inline
  bool resume = false;             ///< continue an unfinished run
  bool force = false;              ///< replace what is in the run folder
  bool distributed = false;        ///< join the process group that the environment names
  int distributed_timeout = 60;    ///< seconds the processes wait for one another
  bool join = false;               ///< train nothing, join the finished folds in `output`
  std::function<bool()> should_stop;  ///< asked often; once it says true, the run leaves cleanly

  void describe(Options& options);
  /// True when folds are named that only a split has, and there is none.
  bool lacks_split() const;
};

/// What a trainer leaves behind, for the command line.
struct TrainingReport {
  bool interrupted = false;  ///< should_stop said so; the checkpoint holds the last finished epoch
  bool elsewhere = false;    ///< another process of the group reports
  bool failed = false;       ///< of several folds one could not be trained; the others are
  int epochs_done = 0;       ///< of several folds the sum
  double test_accuracy = 0.0;  ///< of the test part; of frames for the visual model
  double test_uar = 0.0;
  std::string text;        ///< summary to print
  nlohmann::json metrics;  ///< as in metrics.json
};

}  // namespace aver
