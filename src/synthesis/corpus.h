#pragma once

#include <string>
#include <vector>

#include "synthesis/clip_id.h"

namespace aver {

/// Which recordings a synthetic corpus holds: the speech scheme of RAVDESS (neutral in one
/// intensity, the other seven emotions in two; every statement, every repetition), 60 performances
/// per actor when complete.
struct CorpusScheme {
  int actors = 6;       ///< Actor_01 … Actor_N, at most 24
  int statements = 2;   ///< 1 or 2
  int repetitions = 2;  ///< 1 or 2
  int twin_actor = 1;   ///< also gets video-only and audio-only files; 0 for none
};

/// All recordings of a scheme, sorted: audio-video first, then the twins.
std::vector<ClipId> corpus_clips(const CorpusScheme& scheme);

/// Where a recording lies: "Actor_01/01-01-03-01-01-01-01.mp4"; audio-only ones are ".wav".
std::string corpus_path(const ClipId& id);

}  // namespace aver
