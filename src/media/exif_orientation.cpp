#include "media/exif_orientation.h"

#include <cstdint>
#include <iterator>

#include "media/source_bytes.h"

namespace aver {
namespace {

/// EXIF 2.32, tag 274, from 1.
constexpr Turn kTurns[] = {{},
                           {false, true, false},
                           {false, true, true},
                           {false, false, true},
                           {true, false, false},
                           {true, true, false},
                           {true, true, true},
                           {true, false, true}};

/// What the orientation in a TIFF header with its first directory asks for.
Turn turn_in(std::string_view tiff) {
  const bool intel = stands_at(tiff, 0, "II");
  const auto number = [&](std::size_t at, std::size_t count) -> std::size_t {
    return intel ? little_endian(tiff, at, count) : big_endian(tiff, at, count);
  };
  const std::size_t directory = number(4, 4);
  const std::size_t entries = number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    constexpr std::size_t kOrientation = 274;
    const std::size_t at = directory + 2 + 12 * i;
    if (number(at, 2) != kOrientation) continue;
    constexpr std::size_t kLong = 4;  // some writers take four bytes where two would do
    const std::size_t value = number(at + 8, number(at + 2, 2) == kLong ? 4 : 2);
    return value >= 1 && value <= std::size(kTurns) ? kTurns[value - 1] : Turn{};
  }
  return {};
}

constexpr std::string_view kOfJpeg("Exif\0\0", 6);

Turn turn_of_webp(std::string_view bytes) {
  if (!stands_at(bytes, 0, "RIFF") || !stands_at(bytes, 8, "WEBPVP8X")) return {};
  // Chunks of a name, a size and as many bytes, an even number of them.
  for (std::uint64_t at = 12; at + 8 <= bytes.size();) {
    const std::uint64_t size = little_endian(bytes, static_cast<std::size_t>(at) + 4, 4);
    if (stands_at(bytes, static_cast<std::size_t>(at), "EXIF")) {
      std::string_view exif =
          bytes.substr(static_cast<std::size_t>(at) + 8, static_cast<std::size_t>(size));
      // Some writers take over what JPEG puts in front.
      if (exif.starts_with(kOfJpeg)) exif.remove_prefix(kOfJpeg.size());
      return turn_in(exif);
    }
    at += 8 + size + size % 2;
  }
  return {};
}

/// Segments of a marker and a size, which counts itself, up to the first scan.
Turn turn_of_jpeg(std::string_view bytes) {
  for (std::size_t at = 2; at + 4 <= bytes.size() && bytes[at] == '\xFF';) {
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    constexpr unsigned char kFill = 0xFF, kScan = 0xDA, kApp1 = 0xE1;
    if (marker == kFill) {
      ++at;
      continue;
    }
    if (marker == kScan) break;
    const std::size_t size = big_endian(bytes, at + 2, 2);
    const std::string_view segment = bytes.substr(at + 4, size < 2 ? 0 : size - 2);
    if (marker == kApp1 && segment.starts_with(kOfJpeg)) {
      return turn_in(segment.substr(kOfJpeg.size()));
    }
    at += 2 + size;
  }
  return {};
}

}  // namespace

Turn turn_of_picture(std::string_view bytes) {
  return is_jpeg(bytes) ? turn_of_jpeg(bytes) : turn_of_webp(bytes);
}

}  // namespace aver
