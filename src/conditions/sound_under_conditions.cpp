#include "conditions/sound_under_conditions.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "media/pcm16.h"

namespace aver {

void require_others(const std::vector<ConditionLevel>& levels, const OtherSounds& others) {
  for (const auto& [scale, level] : levels) {
    const Mixes mixes = sound_condition(scale->name).mixes;
    if (mixes == Mixes::noise && !others.has_noise()) {
      throw UsageError("the condition {} needs --noise, a folder of noises", scale->name);
    }
    if (mixes == Mixes::voices && !others.has_other_speakers()) {
      throw UsageError(
          "the condition {} needs clips of two speakers or more, and so many are not known here",
          scale->name);
    }
  }
}

std::vector<std::int16_t> softened_pcm16(std::vector<float> samples) {
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  if (peak > 1) {
    for (float& sample : samples) sample /= peak;
  }
  return to_pcm16(samples);
}

SoundUnderConditions::SoundUnderConditions(std::span<const std::int16_t> samples, int rate_hz,
                                           ChangedClip clip, const OtherSounds& others,
                                           std::uint64_t seed, Resampler& resampler)
    : samples_(from_pcm16(samples)),
      rate_hz_(rate_hz),
      clip_(std::move(clip)),
      others_(others),
      seed_(seed),
      resampler_(resampler) {}

const std::vector<float>& SoundUnderConditions::mixed(const SoundCondition& condition) {
  const auto [place, is_new] = mixed_.try_emplace(&condition);
  if (!is_new || condition.mixes == Mixes::nothing) return place->second;
  Random random(seed_of_clip(seed_, clip_.key, condition.scale.name));
  place->second =
      condition.mixes == Mixes::noise
          ? others_.noise(samples_.size(), rate_hz_, random, resampler_)
          : others_.babble(clip_.speaker, samples_.size(), rate_hz_, random, resampler_);
  return place->second;
}

std::vector<std::int16_t> SoundUnderConditions::under(const SoundCondition& condition,
                                                      double level) {
  Random random(seed_of_clip(seed_, clip_.key, condition.scale.name));
  return softened_pcm16(
      condition.apply({samples_, rate_hz_, mixed(condition), random, resampler_}, level));
}

}  // namespace aver
