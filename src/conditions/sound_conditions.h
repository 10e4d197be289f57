#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "conditions/condition_scale.h"
#include "media/resampler.h"

namespace aver {

/// What a condition mixes into a clip.
enum class Mixes { nothing, noise, voices };

/// A clip's sound, and what is at hand to change it.
struct SoundToChange {
  std::span<const float> samples;  ///< one channel, full scale is [-1, 1)
  int rate_hz = 0;
  std::span<const float> mixed;  ///< as many samples of what the condition mixes; else empty
  Random& random;                ///< drawn from for nothing but this clip and condition
  Resampler& resampler;
};

/// One condition of sounds. A new one is a function and its row in sound_conditions.cpp: command
/// lines, their help and errors, and the tables read the rows.
struct SoundCondition {
  ConditionScale scale;
  Mixes mixes = Mixes::nothing;
  /// As many samples as there were. They may lie beyond full scale.
  std::vector<float> (*apply)(const SoundToChange& sound, double level) = nullptr;
};

/// All of them, in the order of the tables.
std::span<const SoundCondition> sound_conditions();

/// Throws UsageError for a name that is none of theirs.
const SoundCondition& sound_condition(std::string_view name);
std::vector<const ConditionScale*> sound_condition_scales();

/// Root of the mean square; 0 without samples.
double rms_of(std::span<const float> samples);

}  // namespace aver
