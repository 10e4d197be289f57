#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/options.h"
#include "base/progress.h"
#include "protocol/split.h"
#include "train/runtime.h"
#include "training/training.h"

namespace aver {

/// One of the two trainers, as far as it differs from the other: it reads its input once and trains
/// any fold of its split on it. `run` is what one run is told: its folder and its fold.
class FoldTrainer {
 public:
  virtual ~FoldTrainer() = default;

  /// Name of the executable.
  virtual std::string tool() const = 0;

  /// Everything a run is told. Needs no input.
  virtual Options options(const TrainingConfig& run) const = 0;

  /// Reads what the split is made of.
  virtual void read(Progress& progress) = 0;

  /// The split in use, with all its folds. After read().
  virtual const Split& split() const = 0;

  /// Throws whatever stands against training this fold and can be told before: a part of the split
  /// without items, an input that cannot be read, a checkpoint of other settings or data.
  virtual void check(const TrainingConfig& run, Progress& progress) = 0;

  /// Trains, scores and writes the run folder. Throws Interrupted before it touches that.
  virtual TrainingReport train(const TrainingConfig& run, const Runtime& runtime,
                               Progress& progress) = 0;
};

/// What both executables do: train one fold into --output, several into folders of their own there,
/// or join those. Throws UsageError (options, device) or Error.
TrainingReport run_training(const TrainingConfig& config, FoldTrainer& trainer, Progress& progress);

}  // namespace aver
