#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "media/media_source.h"
#include "media/sound.h"

namespace aver {

/// libsndfile does not know how a sound is coded, or finds its header odd: FFmpeg may know.
class UnknownToLibrary : public Error {
 public:
  using Error::Error;
};

/// Reads a whole WAV, RF64, RIFX, W64, FLAC, AIFF or CAF file (whatever libsndfile knows) at its
/// own rate. Extra chunks before and after the samples are ignored, a WAV that was written to a
/// pipe is read to its end, and a header that promises a few bytes too many is a fact of the sound.
/// Throws Error naming the file when it cannot be opened, holds a value that is not finite, has a
/// rate that no recording has, or ends before the number of samples its header promises, and
/// LimitError beyond the source's limits.
Sound read_sound_file(const MediaSource& source);

/// A mono 16-bit PCM WAV: the 44-byte header and the samples, nothing else.
std::vector<std::byte> encode_wav(std::span<const std::int16_t> samples, int sample_rate_hz);

/// Writes what encode_wav makes. Atomic, as write_file.
void write_wav(const fs::path& path, std::span<const std::int16_t> samples, int sample_rate_hz);

}  // namespace aver
