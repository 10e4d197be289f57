#include "prediction/clip_tracks.h"

#include <algorithm>
#include <cmath>

namespace aver {

double end_of_pictures(std::size_t count, double last) {
  return count < 2 ? last : last + last / static_cast<double>(count - 1);
}

void align(PictureTrack& pictures, SoundTrack& sound) {
  if (pictures.bytes.empty() || sound.samples.empty()) return;
  const double start = std::min(pictures.start_seconds, sound.start_seconds);
  for (double& seconds : pictures.seconds) seconds += pictures.start_seconds - start;
  sound.start_seconds -= start;
}

ClipPart part_of(const PictureTrack& pictures, const SoundTrack& sound, double start,
                 std::optional<double> end, SoundFeatures* features) {
  const auto first =
      end ? std::ranges::lower_bound(pictures.seconds, start) : pictures.seconds.begin();
  const auto last = end ? std::ranges::lower_bound(pictures.seconds, *end) : pictures.seconds.end();
  ClipPart part;
  part.start = start;
  part.end = end.value_or(std::max(pictures.end(), sound.end()));
  part.first_picture = static_cast<std::size_t>(first - pictures.seconds.begin());
  part.pictures = static_cast<std::size_t>(std::max<std::ptrdiff_t>(last - first, 0));

  const auto sample_at = [&](double seconds) {
    const double heard = std::max(seconds - sound.start_seconds, 0.0);
    const auto sample = static_cast<std::size_t>(std::llround(heard * sound.rate_hz));
    return std::min(sample, sound.samples.size());
  };
  const std::size_t from = end ? sample_at(start) : 0;
  const std::size_t to = end ? sample_at(*end) : sound.samples.size();
  // A window at whose edge the sound begins or ends has heard nothing.
  const bool heard =
      !end || static_cast<double>(to - std::min(from, to)) / sound.rate_hz > kTooShort;
  if (from < to && heard) {
    part.mfcc = features->compute(std::span(sound.samples).subspan(from, to - from));
  }
  return part;
}

}  // namespace aver
