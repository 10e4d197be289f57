#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/shard.h"
#include "corpus/corpus.h"
#include "protocol/split.h"
#include "runs/model_file.h"
#include "stages/mfcc_stage.h"

namespace aver {

/// The clips of a stage folder of features, or series of other programs, as this model takes them:
/// computed or prepared as those it was trained on; says what of them is left out. Throws Error
/// that says what differs, and as read_mfcc_stage() and read_series() do.
MfccClips clips_for_model(const ModelFile& model, const fs::path& input, const ClipChoice& choice,
                          std::size_t workers, const std::optional<Shard>& shard,
                          Progress& progress);

/// Says which clips the choice of them left out, and what is odd about the labels of the others.
void say_choice(const std::vector<std::string>& left_out, const std::vector<std::string>& remarks);

/// Throws Error that says which settings of a stage differ from those that the model was trained
/// with. `made` is what the stage, run by `tool`, does: "computed".
void require_same_settings(const nlohmann::json& trained, const nlohmann::json& given,
                           const fs::path& input, const char* made, const char* tool);

/// The fold that the model was trained on, of the split of its run; without a run ("") the clips
/// that the model remembers from its training.
Split split_of_model(const fs::path& run, const ModelFile& model);

}  // namespace aver
