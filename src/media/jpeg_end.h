#pragma once

#include <cstddef>
#include <span>

namespace aver {

/// Whether a JPEG's own end marker is missing, or bytes that look like more data follow it (motion
/// photos). False for other formats.
bool lacks_end_marker(std::span<const std::byte> bytes);

/// Whether a JPEG lacks some of its picture, which libjpeg fills with grey and only warns of. Takes
/// about half as long as decoding.
bool lacks_data(std::span<const std::byte> bytes);

}  // namespace aver
