#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace aver {

/// What a decoder waits for at the end of a picture and it does not have: a JPEG's end marker, also
/// where bytes that look like more data follow its own (motion photos), or a PNG's IEND behind
/// whole chunks. "" for one that ends as it should, and for other formats.
std::string_view missing_end(std::span<const std::byte> bytes);

/// Whether a JPEG lacks some of its picture, which libjpeg fills with grey and only warns of; false
/// for other formats, whose decoders refuse. Takes about half as long as decoding.
bool lacks_data(std::span<const std::byte> bytes);

}  // namespace aver
