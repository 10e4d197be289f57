#include "conditions/sound_conditions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "conditions/convolution.h"
#include "media/opus_codec.h"

namespace aver {
namespace {

constexpr double kSnr[] = {20, 15, 10, 5, 0, -5};
constexpr double kReverberation[] = {.3, .6, .9, 1.2};
constexpr double kOpus[] = {24, 12, 6};
constexpr double kClipped[] = {1, 5, 20, 50};

/// A share of silence, however loud, is silence.
std::vector<float> at_snr(std::span<const float> sound, std::span<const float> mixed,
                          double snr_db) {
  std::vector<float> result(sound.begin(), sound.end());
  const double own = rms_of(sound), other = rms_of(mixed);
  if (own == 0 || other == 0) return result;
  const auto gain = static_cast<float>(own / other * std::pow(10.0, -snr_db / 20));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] += gain * mixed[i];
  return result;
}

std::vector<float> mix(const SoundToChange& sound, double snr_db) {
  return at_snr(sound.samples, sound.mixed, snr_db);
}

std::vector<float> mix_white(const SoundToChange& sound, double snr_db) {
  std::vector<float> noise(sound.samples.size());
  for (float& sample : noise) sample = static_cast<float>(sound.random.normal());
  return at_snr(sound.samples, noise, snr_db);
}

/// The sound with the loudness it had.
std::vector<float> as_loud(std::vector<float> changed, std::span<const float> sound) {
  const double now = rms_of(changed);
  const auto gain = static_cast<float>(now == 0 ? 0 : rms_of(sound) / now);
  for (float& sample : changed) sample *= gain;
  return changed;
}

/// A room whose echoes are noise that falls by 60 dB in `seconds` and has as much energy as what
/// arrives directly (Polack's model).
std::vector<float> reverberate(const SoundToChange& sound, double seconds) {
  constexpr double kFirstEcho = .0025;  // seconds after what arrives directly
  const auto length = static_cast<std::size_t>(std::ceil(seconds * sound.rate_hz)) + 1;
  const auto first = static_cast<std::size_t>(kFirstEcho * sound.rate_hz) + 1;
  std::vector<float> room(std::max(length, first + 1), 0.0F);
  double energy = 0;
  for (std::size_t n = first; n < room.size(); ++n) {
    const double time = static_cast<double>(n) / sound.rate_hz;
    const double echo = sound.random.normal() * std::pow(10.0, -3 * time / seconds);
    room[n] = static_cast<float>(echo);
    energy += echo * echo;
  }
  const auto gain = static_cast<float>(1 / std::sqrt(energy));
  for (float& echo : room) echo *= gain;
  room[0] = 1;
  return as_loud(convolved(sound.samples, room), sound.samples);
}

std::vector<float> with_size(std::vector<float> samples, std::size_t size) {
  samples.resize(size, 0.0F);  // resampling there and back rounds the length up
  return samples;
}

constexpr int kTelephoneHz = 8000;

/// 300 to 3400 Hz at 8 kHz: a sinc less another one, in a Hamming window of 25 ms.
std::vector<float> telephone_band() {
  constexpr int kTaps = 201;
  std::vector<float> band(kTaps);
  const auto sinc = [](double cutoff_hz, double n) {
    const double f = 2 * cutoff_hz / kTelephoneHz, x = std::numbers::pi * f * n;
    return n == 0 ? f : f * std::sin(x) / x;
  };
  for (int i = 0; i < kTaps; ++i) {
    const double n = i - kTaps / 2;
    const double window = .54 - .46 * std::cos(2 * std::numbers::pi * i / (kTaps - 1));
    band[static_cast<std::size_t>(i)] = static_cast<float>(window * (sinc(3400, n) - sinc(300, n)));
  }
  return band;
}

std::vector<float> telephone(const SoundToChange& sound, double) {
  static const std::vector<float> kBand = telephone_band();
  const auto narrow = sound.resampler.resample(sound.samples, sound.rate_hz, kTelephoneHz);
  const auto heard = convolved(narrow, kBand, kBand.size() / 2);
  return with_size(sound.resampler.resample(heard, kTelephoneHz, sound.rate_hz),
                   sound.samples.size());
}

std::vector<float> opus(const SoundToChange& sound, double kilobits) {
  const auto wide = sound.resampler.resample(sound.samples, sound.rate_hz, kOpusRateHz);
  const auto heard = through_opus(wide, static_cast<int>(std::lround(1000 * kilobits)));
  return with_size(sound.resampler.resample(heard, kOpusRateHz, sound.rate_hz),
                   sound.samples.size());
}

/// As if recorded too loud, so that `percent` of the samples lie beyond full scale; the loudest
/// stays as loud as it was.
std::vector<float> overdrive(const SoundToChange& sound, double percent) {
  std::vector<float> magnitudes;
  for (const float sample : sound.samples) magnitudes.push_back(std::abs(sample));
  std::ranges::sort(magnitudes);
  const float peak = magnitudes.back();
  const auto kept =
      static_cast<std::size_t>((1 - percent / 100) * static_cast<double>(magnitudes.size() - 1));
  const float limit = magnitudes[kept];
  std::vector<float> result(sound.samples.begin(), sound.samples.end());
  if (limit == 0) return result;  // the samples that are not silence are fewer than that
  for (float& sample : result) sample = std::clamp(sample, -limit, limit) * (peak / limit);
  return result;
}

constexpr std::array kConditions = {
    SoundCondition{.scale = {.name = "noise",
                             .help = "a noise of --noise",
                             .unit = "dB SNR",
                             .levels = kSnr,
                             .least = -40,
                             .most = 80},
                   .mixes = Mixes::noise,
                   .apply = mix},
    SoundCondition{.scale = {.name = "white-noise",
                             .help = "all frequencies alike",
                             .unit = "dB SNR",
                             .levels = kSnr,
                             .least = -40,
                             .most = 80},
                   .apply = mix_white},
    SoundCondition{.scale = {.name = "babble",
                             .help = "five clips of other speakers at once",
                             .unit = "dB SNR",
                             .levels = kSnr,
                             .least = -40,
                             .most = 80},
                   .mixes = Mixes::voices,
                   .apply = mix},
    SoundCondition{.scale = {.name = "reverberation",
                             .help = "a room whose echoes fall by 60 dB in so long",
                             .unit = "s",
                             .levels = kReverberation,
                             .least = .05,
                             .most = 5},
                   .apply = reverberate},
    SoundCondition{
        .scale = {.name = "telephone", .help = "8 kHz, 300 to 3400 Hz", .levels = kThere},
        .apply = telephone},
    SoundCondition{.scale = {.name = "opus",
                             .help = "coded as calls over the internet are",
                             .unit = "kbit/s",
                             .levels = kOpus,
                             .least = 6,
                             .most = 256},
                   .apply = opus},
    SoundCondition{.scale = {.name = "clipping",
                             .help = "recorded too loud",
                             .unit = "% of samples",
                             .levels = kClipped,
                             .least = .01,
                             .most = 99},
                   .apply = overdrive},
};

}  // namespace

std::span<const SoundCondition> sound_conditions() {
  return kConditions;
}

const SoundCondition& sound_condition(std::string_view name) {
  return condition_named(sound_conditions(), name, "sounds");
}

std::vector<const ConditionScale*> sound_condition_scales() {
  std::vector<const ConditionScale*> scales;
  for (const SoundCondition& condition : kConditions) scales.push_back(&condition.scale);
  return scales;
}

double rms_of(std::span<const float> samples) {
  double energy = 0;
  for (const float sample : samples) energy += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(energy / static_cast<double>(samples.size()));
}

}  // namespace aver
