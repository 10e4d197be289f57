#pragma once

#include <optional>
#include <variant>

#include "prediction/predict_media.h"
#include "prediction/predict_stage.h"

namespace aver {

/// Joins the shards of a file of `aver-predict`, either kind of them: writes what one run would
/// have written, returns its report, and removes the shards. Nothing when that is done already: the
/// file stays as it is. Throws Error that names missing shards and the commands to run, and shards
/// that do not belong together.
std::optional<std::variant<PredictReport, PredictMediaReport>> join_predictions(
    const fs::path& output);

}  // namespace aver
