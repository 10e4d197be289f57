#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/media_source.h"

namespace aver {

/// What the header of a WAV (RIFF, RF64 or RIFX) says of its samples, and what is there.
struct WavLength {
  std::uint64_t size_at = 0;   ///< place of the data chunk's size
  std::uint64_t promised = 0;  ///< bytes of samples
  std::uint64_t there = 0;     ///< bytes from the first sample to the end of the file
  bool open = false;           ///< written to a pipe: the size is one that writers leave there
  bool big_endian = false;     ///< RIFX

  std::uint64_t missing() const { return open || promised <= there ? 0 : promised - there; }
};

/// Nothing for another format, and for a WAV without a data chunk.
std::optional<WavLength> length_of_wav(const MediaSource& source);

/// The file with its sizes put right, for libraries that take an open size of 0 for "no samples".
std::vector<std::byte> with_known_length(const MediaSource& source, const WavLength& length);

}  // namespace aver
