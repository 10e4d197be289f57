#pragma once

#include <cstdint>
#include <vector>

#include "media/media_source.h"
#include "media/resampler.h"

namespace aver {

/// The sound of a recording as the audio stage keeps it: one channel of 16-bit samples at
/// `sample_rate_hz`. `kind`: sound (WAV, FLAC) or container. Throws as read_sound_file and
/// decode_sound do, and Error when there is not one sample.
std::vector<std::int16_t> recorded_sound(const MediaSource& source, MediaKind kind,
                                         int sample_rate_hz, Resampler& resampler);

}  // namespace aver
