#include "train/series_changes.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/options.h"
#include "base/random.h"

namespace aver {
namespace {

double either_way(Random& random, double most) {
  return random.uniform(-most, most);
}

/// Between the two values that stand around a place.
float between(const float* values, std::size_t stride, std::size_t count, double place) {
  const double inside = std::clamp(place, 0.0, static_cast<double>(count - 1));
  const auto first = static_cast<std::size_t>(inside);
  const auto second = std::min(first + 1, count - 1);
  const auto share = static_cast<float>(inside - static_cast<double>(first));
  return values[first * stride] * (1 - share) + values[second * stride] * share;
}

std::size_t warp_time(Series clip, double factor) {
  const auto frames = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::lround(static_cast<double>(clip.frames) * factor)), 1,
      clip.max_frames);
  const std::vector<float> before(clip.values.begin(), clip.values.end());
  for (std::size_t t = 0; t < clip.max_frames; ++t) {
    for (std::size_t c = 0; c < clip.coefficients; ++c) {
      clip.values[t * clip.coefficients + c] =
          t < frames
              ? between(&before[c], clip.coefficients, clip.frames, static_cast<double>(t) / factor)
              : 0.0F;
    }
  }
  return frames;
}

void warp_bands(Series clip, double factor) {
  std::vector<float> before(clip.coefficients);
  for (std::size_t t = 0; t < clip.frames; ++t) {
    float* row = &clip.values[t * clip.coefficients];
    std::copy_n(row, clip.coefficients, before.begin());
    for (std::size_t c = 0; c < clip.coefficients; ++c) {
      row[c] = between(before.data(), 1, clip.coefficients, static_cast<double>(c) * factor);
    }
  }
}

/// Features as they were measured, such as levels in decibels, and back to what the network reads.
struct Measured {
  const Normalisation& normalisation;

  double mean(std::size_t c) const { return normalisation.empty() ? 0 : normalisation.mean[c]; }
  double deviation(std::size_t c) const {
    return normalisation.empty() ? 1 : normalisation.deviation[c];
  }
};

void change_gain(Series clip, const Measured& scale, double gain) {
  for (std::size_t t = 0; t < clip.frames; ++t) {
    for (std::size_t c = 0; c < clip.coefficients; ++c) {
      clip.values[t * clip.coefficients + c] += static_cast<float>(gain / scale.deviation(c));
    }
  }
}

/// Steady noise whose spectrum falls or rises by up to 10 dB over the bands.
void add_noise(Series clip, const Measured& scale, double snr, Random& random) {
  const auto bands = static_cast<double>(clip.coefficients);
  const auto level = [&](std::size_t t, std::size_t c) {
    return clip.values[t * clip.coefficients + c] * scale.deviation(c) + scale.mean(c);
  };
  double power = 0;
  for (std::size_t t = 0; t < clip.frames; ++t) {
    for (std::size_t c = 0; c < clip.coefficients; ++c) power += std::pow(10, level(t, c) / 10);
  }
  const double mean_level = 10 * std::log10(power / (static_cast<double>(clip.frames) * bands));
  const double tilt = either_way(random, 10);
  for (std::size_t c = 0; c < clip.coefficients; ++c) {
    const double noise = mean_level - snr + tilt * (static_cast<double>(c) / bands - .5);
    for (std::size_t t = 0; t < clip.frames; ++t) {
      const double moment = noise + 2 * random.normal();
      const double sum =
          10 * std::log10(std::pow(10, level(t, c) / 10) + std::pow(10, moment / 10));
      clip.values[t * clip.coefficients + c] =
          static_cast<float>((sum - scale.mean(c)) / scale.deviation(c));
    }
  }
}

/// Features change places as they were measured, and are then normalised as what they have become.
void mirror_clip(Series clip, const Measured& scale, std::span<const MirroredFeature> mirrored) {
  std::vector<float> before(clip.coefficients);
  for (std::size_t t = 0; t < clip.frames; ++t) {
    float* row = &clip.values[t * clip.coefficients];
    std::copy_n(row, clip.coefficients, before.begin());
    for (std::size_t c = 0; c < clip.coefficients; ++c) {
      const auto [source, sign] = mirrored[c];
      const double value = sign * (before[source] * scale.deviation(source) + scale.mean(source));
      row[c] = static_cast<float>((value - scale.mean(c)) / scale.deviation(c));
    }
  }
}

void jitter_clip(Series clip, double share, Random& random) {
  for (float& value : clip.values.first(clip.frames * clip.coefficients)) {
    value += static_cast<float>(share * random.normal());
  }
}

void amplify(Series clip, double factor) {
  for (float& value : clip.values.first(clip.frames * clip.coefficients)) {
    value *= static_cast<float>(factor);
  }
}

std::size_t shift(Series clip, std::int64_t by, float blank) {
  const auto width = static_cast<std::ptrdiff_t>(clip.coefficients);
  const auto begin = clip.values.begin();
  if (by < 0) {
    const auto cut = std::min<std::ptrdiff_t>(-by, static_cast<std::ptrdiff_t>(clip.frames) - 1);
    std::move(begin + cut * width, clip.values.end(), begin);
    std::fill(clip.values.end() - cut * width, clip.values.end(), blank);
    return clip.frames - static_cast<std::size_t>(cut);
  }
  const auto room = std::min<std::ptrdiff_t>(by, static_cast<std::ptrdiff_t>(clip.max_frames) - 1);
  std::move_backward(begin, clip.values.end() - room * width, clip.values.end());
  std::fill(begin, begin + room * width, blank);
  return std::min(clip.frames + static_cast<std::size_t>(room), clip.max_frames);
}

/// A run of up to `longest` of `count`: where it begins and ends.
std::pair<std::size_t, std::size_t> drawn_run(Random& random, int longest, std::size_t count) {
  const std::size_t length = std::min(
      count, static_cast<std::size_t>(random.below(static_cast<std::uint64_t>(longest) + 1)));
  const auto first = static_cast<std::size_t>(random.below(count - length + 1));
  return {first, first + length};
}

void mask(Series clip, const SeriesChanges& changes, Random& random) {
  for (int i = 0; i < changes.time_masks; ++i) {
    const auto [first, end] = drawn_run(random, changes.time_mask_frames, clip.frames);
    std::fill(clip.values.begin() + static_cast<std::ptrdiff_t>(first * clip.coefficients),
              clip.values.begin() + static_cast<std::ptrdiff_t>(end * clip.coefficients),
              changes.blank);
  }
  for (int i = 0; i < changes.band_masks; ++i) {
    const auto [first, end] = drawn_run(random, changes.band_mask_rows, clip.coefficients);
    for (std::size_t t = 0; t < clip.frames; ++t) {
      for (std::size_t c = first; c < end; ++c)
        clip.values[t * clip.coefficients + c] = changes.blank;
    }
  }
}

}  // namespace

void SeriesChanges::describe(Options& options) {
  options.heading("Changes to training clips, drawn anew each epoch");
  const SeriesChanges none;
  const auto add = [&](const char* name, auto SeriesChanges::*field, const char* help) -> Option& {
    return options.result(name, this->*field, help).at_least(0).unsaid_at(none.*field);
  };
  add("tempo", &SeriesChanges::tempo, "Up to this share faster or slower, such as 0.1")
      .from_to_below(0, 1);
  add("band-warp", &SeriesChanges::band_warp, "Rows move up or down by up to this share")
      .from_to_below(0, 1);
  add("gain", &SeriesChanges::gain_db, "Up to so many dB louder or softer (of log-mel)");
  add("noise-snr", &SeriesChanges::noise_snr_db,
      "Steady noise so many dB under the clip, or up to 20 dB further (of log-mel; 0 = none)");
  add("jitter", &SeriesChanges::jitter,
      "Noise of this share of each feature's deviation, such as 0.1");
  add("amplitude", &SeriesChanges::amplitude,
      "All features up to this share further from their mean, or nearer")
      .from_to_below(0, 1);
  add("time-shift", &SeriesChanges::time_shift,
      "Begin up to so many frames earlier, which are cut, or later");
  add("time-masks", &SeriesChanges::time_masks, "Runs of frames that are blanked (SpecAugment)");
  add("time-mask-frames", &SeriesChanges::time_mask_frames, "Longest such run").at_least(1);
  add("band-masks", &SeriesChanges::band_masks, "Runs of rows that are blanked (SpecAugment)");
  add("band-mask-rows", &SeriesChanges::band_mask_rows, "Longest such run").at_least(1);
}

void SeriesChanges::describe_mirror(Options& options) {
  options.result("mirror", mirror, "Mirror the face every other time (of --align eyes)")
      .unsaid_at(false);
}

bool SeriesChanges::any() const {
  return mirror || jitter > 0 || amplitude > 0 || tempo > 0 || band_warp > 0 || gain_db > 0 ||
         noise_snr_db > 0 || time_shift > 0 || time_masks > 0 || band_masks > 0;
}

std::size_t SeriesChanges::apply(Series clip, const Normalisation& normalisation,
                                 Random& random) const {
  if (clip.frames == 0) return 0;
  const Measured scale{normalisation};
  if (mirror && random.below(2) == 1) mirror_clip(clip, scale, mirrored);
  if (amplitude > 0) amplify(clip, 1 + either_way(random, amplitude));
  if (jitter > 0) jitter_clip(clip, jitter, random);
  if (tempo > 0) clip.frames = warp_time(clip, 1 / (1 + either_way(random, tempo)));
  if (band_warp > 0) warp_bands(clip, 1 + either_way(random, band_warp));
  if (gain_db > 0) change_gain(clip, scale, either_way(random, gain_db));
  if (noise_snr_db > 0) {
    add_noise(clip, scale, random.uniform(noise_snr_db, noise_snr_db + 20), random);
  }
  if (time_shift > 0) {
    const auto places = static_cast<std::uint64_t>(2 * time_shift + 1);
    clip.frames = shift(clip, static_cast<std::int64_t>(random.below(places)) - time_shift, blank);
  }
  mask(clip, *this, random);
  return clip.frames;
}

}  // namespace aver
