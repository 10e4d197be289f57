#pragma once

#include <vector>

#include "base/files.h"

namespace aver {

/// One epoch of a training run. Nothing that depends on the clock: equal runs have equal histories.
struct EpochRecord {
  int epoch = 0;  ///< from 1
  double learning_rate = 0.0;
  double train_loss = 0.0;           ///< mean over the batches as they were trained, dropout on
  double train_accuracy = 0.0;       ///< share, 0 … 1, likewise
  double validation_loss = 0.0;      ///< after the epoch, dropout off
  double validation_accuracy = 0.0;  ///< share, 0 … 1
};

/// `epoch,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy`
void write_history(const fs::path& path, const std::vector<EpochRecord>& history);

}  // namespace aver
