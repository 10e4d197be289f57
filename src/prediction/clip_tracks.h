#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "prediction/clip_reader.h"

namespace aver {

/// 16-bit samples of a clip, or of what is left of a recording that goes on.
struct SoundTrack {
  std::vector<std::int16_t> samples;
  int rate_hz = 1;
  double start_seconds = 0;  ///< on the clock of the file's tracks
  double seconds() const { return static_cast<double>(samples.size()) / rate_hz; }
  double end() const { return start_seconds + seconds(); }
};

/// Where a stream of `count` sampled pictures ends (1 or more), the last shown at `last` seconds:
/// only their times are known, so we assume that the last one stands as long as the others do.
double end_of_pictures(std::size_t count, double last);

/// The network's pictures of it, and when each is shown.
struct PictureTrack {
  std::vector<std::vector<std::uint8_t>> bytes;
  std::vector<double> seconds;
  double start_seconds = 0;  ///< of the stream, on the clock of the file's tracks

  double end() const {
    return seconds.empty() ? 0 : end_of_pictures(seconds.size(), seconds.back());
  }
};

/// Seconds in which nothing can be heard.
constexpr double kTooShort = 0.1;

/// Brings both onto one clock, which starts with the earlier of them.
void align(PictureTrack& pictures, SoundTrack& sound);

/// The stretch from `start` to before `end`, or without one the whole clip. `features` is what the
/// sound goes through; null where there is none.
ClipPart part_of(const PictureTrack& pictures, const SoundTrack& sound, double start,
                 std::optional<double> end, SoundFeatures* features);

}  // namespace aver
