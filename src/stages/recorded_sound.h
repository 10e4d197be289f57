#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corpus/clip.h"
#include "media/media_source.h"
#include "media/resampler.h"
#include "media/sound.h"

namespace aver {

/// The sound of a recording as the audio stage keeps it.
struct RecordedSound {
  std::vector<std::int16_t> samples;  ///< one channel
  double start_seconds = 0;          ///< when the first is heard, on the clock of the file's tracks
  std::vector<std::string> remarks;  ///< what a person should know of how it came out of its file
};

/// Reads it, whatever kind of file it is in, and brings it to `sample_rate_hz`. Throws as
/// read_sound_file and decode_sound do, and Error when there is not one sample.
RecordedSound recorded_sound(const MediaSource& source, int sample_rate_hz, Resampler& resampler);

/// The same of a sound that is decoded already; `name` is what errors call it.
RecordedSound recorded_sound(const Sound& sound, const std::string& name, int sample_rate_hz,
                             Resampler& resampler);

/// That of a clip, which may be a part of its file. Throws as above, and Error when that part
/// begins behind the file's end.
RecordedSound sound_of_clip(const DatasetClip& clip, const MediaLimits& limits,
                            const Tracks& tracks, int sample_rate_hz, Resampler& resampler);

}  // namespace aver
