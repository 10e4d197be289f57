#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/media_source.h"

namespace aver {

/// The sound of one clip as one channel: the mean of its channels.
struct Sound {
  int sample_rate_hz = 0;
  int channels = 0;            ///< of the source, before the mean was taken
  std::vector<float> samples;  ///< full scale is [-1, 1); 16-bit samples are value / 32768, exactly
};

/// Reads a whole WAV or FLAC file (whatever libsndfile knows) at its own rate. Extra chunks before
/// and after the samples are ignored. Throws Error naming the file when it cannot be opened, holds
/// a value that is not finite, or ends before the number of samples its header promises, and
/// LimitError beyond the source's limits.
Sound read_sound_file(const MediaSource& source);

/// A mono 16-bit PCM WAV: the 44-byte header and the samples, nothing else.
std::vector<std::byte> encode_wav(std::span<const std::int16_t> samples, int sample_rate_hz);

/// Writes what encode_wav makes. Atomic, as write_file.
void write_wav(const fs::path& path, std::span<const std::int16_t> samples, int sample_rate_hz);

}  // namespace aver
