#pragma once

#include "stages/synthesize.h"

namespace aver {

/// Makes `joined-001.wav` (or `.mp4`) and so on: each is `join.parts` clips of one speaker, one
/// after the other with another emotion each time, and `truth.csv`, a corpus table that says from
/// when to when each emotion lasts. Speakers take turns; emotions are drawn first, then clips of
/// them, by seed, and no clip twice in a recording. Sounds have the rate of the first clip and are
/// blended over kBlendSeconds, in whose middle the truth changes; pictures have `fps` and the size
/// of the first clip's. Files that are there already are kept, as run_synthesize() keeps them.
/// Throws Error when no speaker has enough clips, one cannot be read, or pictures differ in size.
SynthesizeReport join_clips(const SynthesizeConfig& config, Progress& progress);

inline constexpr double kBlendSeconds = .05;

}  // namespace aver
