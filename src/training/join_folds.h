#pragma once

#include <vector>

#include "base/files.h"
#include "training/training.h"

namespace aver {

class FoldTrainer;

/// Joins finished runs `<output>/fold-K` into `output`, which then reads like a run: the test rows
/// of every fold in predictions.csv (and frame_predictions.csv), all folds in split.csv, figures
/// and metrics.json over the pooled rows. `folds` without a number takes those that are there, with
/// `all` they must be all of their split. `trainer` is the one that made them.
/// Throws Error that names the folds that are missing or unfinished, or what two of them do not
/// share: the trainer, the settings, the split, the clips; a clip is tested by one fold only.
TrainingReport join_folds(const fs::path& output, const FoldChoice& folds,
                          const FoldTrainer& trainer);

/// The table of finished folds that are not joined.
TrainingReport report_on_folds(const fs::path& output, const std::vector<int>& folds);

}  // namespace aver
