#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "corpus/corpus.h"
#include "store/stage.h"

namespace aver {

/// The clips of a stage folder that are chosen, with the labels they have by the map. Throws
/// UsageError for a filter over a column that no clip has.
std::vector<StageClip> chosen_clips(const Stage& stage, ChosenClips& chosen);

/// Throws Error when two of them are one performance: a model takes one recording of each.
void require_one_recording_each(const Stage& stage, const std::vector<StageClip>& clips);

/// Throws Error that names what differs between the settings of two folders that are read as one.
void require_same_stage(const fs::path& one, const nlohmann::json& settings, const fs::path& other,
                        const nlohmann::json& others);

/// Throws Error when a clip of several folders that are read as one stands in two of them; `keys`
/// are sorted.
void require_once(const std::vector<std::string>& keys);

}  // namespace aver
