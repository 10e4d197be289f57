#include "conditions/sound_versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "conditions/sound_conditions.h"
#include "conditions/sound_under_conditions.h"
#include "media/pcm16.h"
#include "media/tempo_and_pitch.h"

namespace aver {
namespace {

// How much is changed at most: what notebooks on RAVDESS do, whose rates of .8 and pitches of some
// semitones leave the voice and what it says as they are.
constexpr double kLeastSnr = 10, kMostSnr = 30;         // dB
constexpr double kSlowest = .8, kFastest = 1.25;        // times the tempo
constexpr double kFarthest = .25;                       // seconds
constexpr double kLeastSemitones = .5, kSemitones = 2;  // up or down

std::vector<float> add_noise(std::span<const float> samples, int rate_hz, Random& random,
                             Resampler& resampler) {
  const double snr = random.uniform(kLeastSnr, kMostSnr);
  return sound_condition("white-noise").apply({samples, rate_hz, {}, random, resampler}, snr);
}

std::vector<float> stretch(std::span<const float> samples, int rate_hz, Random& random,
                           Resampler&) {
  return with_tempo_and_pitch(samples, rate_hz, random.uniform(kSlowest, kFastest), 0);
}

/// What leaves at one end comes in at the other, as NumPy's roll does.
std::vector<float> shift(std::span<const float> samples, int rate_hz, Random& random, Resampler&) {
  std::vector<float> result(samples.begin(), samples.end());
  const auto length = static_cast<long long>(result.size());
  if (length == 0) return result;
  const auto by = std::llround(random.uniform(-kFarthest, kFarthest) * rate_hz);
  std::rotate(result.begin(), result.begin() + ((by % length) + length) % length, result.end());
  return result;
}

std::vector<float> change_pitch(std::span<const float> samples, int rate_hz, Random& random,
                                Resampler&) {
  const double semitones = random.uniform(kLeastSemitones, kSemitones);
  return with_tempo_and_pitch(samples, rate_hz, 1, random.below(2) == 0 ? semitones : -semitones);
}

constexpr std::array kChanges = {
    SoundChange{"white-noise", "10 to 30 dB under the clip", add_noise},
    SoundChange{"time-stretch", "0.8 to 1.25 times as fast", stretch},
    SoundChange{"time-shift", "up to 0.25 s, round the end", shift},
    SoundChange{"pitch-shift", "0.5 to 2 semitones up or down", change_pitch},
};

}  // namespace

std::span<const SoundChange> sound_changes() {
  return kChanges;
}

std::string sound_changes_help() {
  std::vector<std::string> changes;
  for (const SoundChange& change : kChanges) {
    changes.push_back(fmt::format("{} ({})", change.name, change.help));
  }
  return fmt::format("{}", fmt::join(changes, ", "));
}

const SoundChange& change_of_version(int number) {
  return kChanges[static_cast<std::size_t>(number - 2) % kChanges.size()];
}

std::vector<std::int16_t> sound_version(std::span<const std::int16_t> samples, int rate_hz,
                                        const std::string& key, int number, std::uint64_t seed,
                                        Resampler& resampler) {
  Random random(seed_of_clip(seed, key, fmt::format("version {}", number)));
  return softened_pcm16(
      change_of_version(number).apply(from_pcm16(samples), rate_hz, random, resampler));
}

}  // namespace aver
