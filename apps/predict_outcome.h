#pragma once

#include "cli.h"
#include "prediction/predict_config.h"

namespace aver::cli {

/// Joins the shards of answers in `output`.
Outcome joined_predictions(const PredictConfig& config, bool keep_going);

/// Runs one model over a stage folder.
Outcome predictions_of_stage(const PredictConfig& config, bool keep_going, Progress& progress);

/// Asks models about clips; the answers go to stdout where there is no --output.
Outcome predictions_of_clips(const PredictConfig& config, bool keep_going, Progress& progress);

/// Asks models about a recording on standard input while it comes; each answer goes to stdout as
/// soon as it is known. The first Ctrl-C is the end of the recording.
Outcome live_predictions(const PredictConfig& config);

}  // namespace aver::cli
