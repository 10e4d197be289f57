#pragma once

#include <nlohmann/json.hpp>

#include "nn/options.h"
#include "runs/model_file.h"

namespace aver {

nlohmann::json to_json(VisualNetOptions network);
nlohmann::json to_json(AudioNetOptions network);
/// Throw Error when a key is missing or of another type.
VisualNetOptions visual_options(const ModelFile& model);
AudioNetOptions audio_options(const ModelFile& model);

}  // namespace aver
