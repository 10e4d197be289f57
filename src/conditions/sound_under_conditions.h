#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "conditions/other_sounds.h"
#include "conditions/sound_conditions.h"

namespace aver {

/// The clip that is changed, as far as what is drawn for it follows from it.
struct ChangedClip {
  std::string key;
  std::string speaker;
};

/// Throws UsageError where one of these mixes in what is not there: a noise without --noise, or
/// other speakers.
void require_others(const std::vector<ConditionLevel>& levels, const OtherSounds& others);

/// 16-bit samples as a stage keeps them; softer as a whole where some would lie beyond full scale.
std::vector<std::int16_t> softened_pcm16(std::vector<float> samples);

/// The sound of one clip under any number of conditions. What is mixed into it is drawn by (seed,
/// clip, condition) alone: a noise is the same at every level. One per clip.
class SoundUnderConditions {
 public:
  /// `samples` as a stage keeps them. All that is named must outlive it.
  SoundUnderConditions(std::span<const std::int16_t> samples, int rate_hz, ChangedClip clip,
                       const OtherSounds& others, std::uint64_t seed, Resampler& resampler);

  /// 16-bit samples, as many as there were, as a stage would keep them; softer as a whole where
  /// some would lie beyond full scale. Throws Error as OtherSounds does, and as through_opus().
  std::vector<std::int16_t> under(const SoundCondition& condition, double level);

 private:
  const std::vector<float>& mixed(const SoundCondition& condition);

  std::vector<float> samples_;
  int rate_hz_;
  ChangedClip clip_;
  const OtherSounds& others_;
  std::uint64_t seed_;
  Resampler& resampler_;
  std::map<const SoundCondition*, std::vector<float>> mixed_;
};

}  // namespace aver
