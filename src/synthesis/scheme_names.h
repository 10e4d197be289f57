#pragma once

#include <optional>
#include <string>

#include "corpus/scheme.h"
#include "synthesis/clip_id.h"

namespace aver {

/// Where an audio-video recording lies in a synthetic corpus under the names of a scheme, with the
/// extension of what it is to be: of RAVDESS its own path, of others what their section [synthetic]
/// says. Its places are numbers from 1 on: `class` (of the emotion, to 8), `actor`, `gender` (1
/// male, 2 female), `intensity`, `statement`, `repetition`, `take` (statement and repetition in
/// one, to 4), `clip` (all three, to 8); and `emotion`, the scheme's own code for it. Nothing when
/// the scheme has no such emotion, or no code for the number. Throws UsageError for a scheme that
/// does not say how, and for a place that is none.
std::optional<std::string> path_under(const Scheme& scheme, const ClipId& id);

/// The scheme's own code for an emotion; nothing when it has none.
std::optional<std::string> code_of(const Scheme& scheme, Emotion emotion);

}  // namespace aver
