#pragma once

#include "prediction/predict_stage.h"
#include "store/predictions.h"

namespace aver {

/// Adds to a report what is said of a table of predictions: its text, its JSON and its clips.
void summarise_predictions(const fs::path& output, const Predictions& predictions,
                           PredictReport& report);

}  // namespace aver
