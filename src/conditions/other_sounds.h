#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/random.h"
#include "media/media_source.h"
#include "media/resampler.h"

namespace aver {

/// A recording of somebody's voice.
struct Voice {
  std::string clip;  ///< its key
  std::string speaker;
  std::string file;
  double start = 0, end = 0;  ///< seconds: the part that is meant; an end of 0 is the file's
};

/// Where what is mixed into clips comes from. Thread-safe: files are read when they are drawn.
class OtherSounds {
 public:
  /// Clips of other speakers that speak at once.
  static constexpr std::size_t kVoices = 5;

  /// `noise`: a folder of sounds or recordings, or one of them; "" = none. Throws Error when it
  /// holds none. Voices stand in an order that does not depend on the listing of folders.
  OtherSounds(const fs::path& noise, std::vector<Voice> voices, MediaLimits limits, Tracks tracks);

  bool has_noise() const { return !noise_.empty(); }
  /// Whether clips of two speakers or more are there.
  bool has_other_speakers() const;

  /// So many samples of one noise, from a place that is drawn, repeated where it is shorter. Throws
  /// Error when it cannot be read or is silence.
  std::vector<float> noise(std::size_t samples, int rate_hz, Random& random,
                           Resampler& resampler) const;
  /// So many samples of kVoices clips of speakers other than this one (fewer where there are no
  /// more), each as loud as the others, repeated where they are shorter. Throws Error when nothing
  /// says who speaks, nobody else does, or a clip cannot be read.
  std::vector<float> babble(const std::string& speaker, std::size_t samples, int rate_hz,
                            Random& random, Resampler& resampler) const;

 private:
  std::vector<float> read(const std::string& file, int rate_hz, Resampler& resampler) const;

  std::vector<fs::path> noise_;
  std::vector<Voice> voices_;
  MediaLimits limits_;
  Tracks tracks_;
};

}  // namespace aver
