#pragma once

#include <vector>

#include "corpus/corpus.h"
#include "store/stage.h"

namespace aver {

/// The clips of a stage folder that are chosen, with the labels they have by the map. Throws
/// UsageError for a filter over a column that no clip has.
std::vector<StageClip> chosen_clips(const Stage& stage, ChosenClips& chosen);

/// Throws Error when two of them are one performance: a model takes one recording of each.
void require_one_recording_each(const Stage& stage, const std::vector<StageClip>& clips);

}  // namespace aver
