#pragma once

#include <cstddef>
#include <span>

namespace aver {

/// Whether a JPEG lacks some of its picture, which libjpeg fills with grey and only warns of. False
/// for one that only lacks its end marker, and for one with bytes behind it (motion photos).
bool is_cut_jpeg(std::span<const std::byte> bytes);

/// Whether a JPEG's own end marker is missing, for which some decoders wait.
bool lacks_end_marker(std::span<const std::byte> bytes);

}  // namespace aver
