#pragma once

#include "training/fold_trainer.h"

namespace aver {

/// Trains several folds one after the other, fold K into `<output>/fold-K`, and with `all` joins
/// them. Nothing on disk changes before every fold is known to be trainable. With `resume` a fold
/// that is finished with these settings is passed over. One that fails leaves the others their turn
/// and makes the report `failed`; an interruption ends it, with what is finished kept.
/// Throws UsageError, or Error where no fold can be trained.
TrainingReport cross_validate(const TrainingConfig& config, FoldTrainer& trainer,
                              const Runtime& runtime, Progress& progress);

/// Whether a run of one fold is there, finished, with these settings, and to be passed over.
bool is_finished(const TrainingConfig& run, const FoldTrainer& trainer);

}  // namespace aver
