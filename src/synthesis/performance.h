#pragma once

#include <array>
#include <cstdint>

#include "synthesis/clip_id.h"

namespace aver {

/// How much of each emotion a channel shows, in RAVDESS code order; all zero is a neutral face or
/// voice, one weight of 1 is that emotion acted out in full.
using EmotionWeights = std::array<double, 8>;

struct PerformanceOptions {
  /// Share of the clips whose picture (or voice) is half another emotion. Drawn for picture and
  /// voice independently, so that each can settle what the other leaves open.
  double picture_ambiguity = 0.25;
  double voice_ambiguity = 0.25;
  double seconds = 2.0;  ///< mean length of a clip; single ones differ by up to 6 %
};

/// What one recording shows and says: decided before anything is drawn or spoken.
struct Performance {
  ClipId id;
  EmotionWeights picture{};
  EmotionWeights voice{};
  double seconds = 0;
  std::uint64_t actor_seed = 0;    ///< identity: equal for all clips of an actor
  std::uint64_t picture_seed = 0;  ///< movements, light and noise of this clip
  std::uint64_t voice_seed = 0;    ///< prosody and noise of this clip
};

/// Depends on nothing but its arguments; the modality of `id` is ignored, so that video-only and
/// audio-only twins are the same performance.
Performance plan_performance(std::uint64_t seed, const ClipId& id,
                             const PerformanceOptions& options);

}  // namespace aver
