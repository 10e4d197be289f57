#include "media/image_size.h"

#include <turbojpeg.h>

#include <cstdlib>
#include <memory>
#include <string_view>

#include "media/source_bytes.h"

namespace aver {
namespace {

std::int64_t big(std::string_view bytes, std::size_t at, std::size_t count) {
  return static_cast<std::int64_t>(big_endian(bytes, at, count));
}

std::int64_t little(std::string_view bytes, std::size_t at, std::size_t count) {
  return static_cast<std::int64_t>(little_endian(bytes, at, count));
}

std::optional<ImageSize> size_of_webp(std::string_view header) {
  if (stands_at(header, 12, "VP8 ")) {  // RFC 6386, 9.1: fourteen bits each, behind the start code
    return ImageSize{little(header, 26, 2) & 0x3FFF, little(header, 28, 2) & 0x3FFF};
  }
  if (stands_at(header, 12, "VP8L")) {
    const std::int64_t bits = little(header, 21, 4);
    return ImageSize{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
  }
  if (stands_at(header, 12, "VP8X")) {
    return ImageSize{little(header, 24, 3) + 1, little(header, 27, 3) + 1};
  }
  return std::nullopt;
}

std::optional<ImageSize> size_of_bmp(std::string_view header) {
  const std::int64_t info = little(header, 14, 4);
  if (info == 12) return ImageSize{little(header, 18, 2), little(header, 20, 2)};
  // A negative height means that rows go from top to bottom.
  const auto height = static_cast<std::int32_t>(little(header, 22, 4));
  return ImageSize{little(header, 18, 4), std::abs(std::int64_t{height})};
}

/// The first directory of a TIFF 6.0 file: twelve bytes an entry.
std::optional<ImageSize> size_of_tiff(std::string_view header) {
  const bool intel = stands_at(header, 0, "II");
  const auto number = [&](std::size_t at, std::size_t count) {
    return intel ? little(header, at, count) : big(header, at, count);
  };
  const auto directory = static_cast<std::size_t>(number(4, 4));
  ImageSize size;
  const auto entries = static_cast<std::size_t>(number(directory, 2));
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + 12 * i;
    constexpr std::int64_t kWidth = 256, kLength = 257, kShort = 3;
    const std::int64_t tag = number(at, 2);
    const std::int64_t value = number(at + 8, number(at + 2, 2) == kShort ? 2 : 4);
    if (tag == kWidth) size.width = value;
    if (tag == kLength) size.height = value;
  }
  return size.width > 0 && size.height > 0 ? std::optional(size) : std::nullopt;
}

/// The largest of the properties `ispe` (ISO 23008-12, 6.5.3), which stand before the pictures.
std::optional<ImageSize> size_of_avif(std::string_view header) {
  ImageSize size;
  for (auto at = header.find("ispe"); at != std::string_view::npos;
       at = header.find("ispe", at + 4)) {
    const ImageSize found{big(header, at + 8, 4), big(header, at + 12, 4)};
    if (found.width * found.height > size.width * size.height) size = found;
  }
  return size.width > 0 ? std::optional(size) : std::nullopt;
}

std::optional<ImageSize> size_of_jpeg(std::span<const std::byte> bytes) {
  const std::unique_ptr<void, int (*)(tjhandle)> header(tjInitDecompress(), tjDestroy);
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(header.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                          bytes.size(), &width, &height, &subsampling, &colours) != 0) {
    return std::nullopt;
  }
  return ImageSize{width, height};
}

}  // namespace

std::optional<ImageSize> image_size(std::span<const std::byte> bytes) {
  const std::string_view header = text_of(bytes);
  if (stands_at(header, 0, "\xFF\xD8\xFF")) return size_of_jpeg(bytes);
  if (stands_at(header, 0, "\x89PNG\r\n\x1A\n")) {
    return ImageSize{big(header, 16, 4), big(header, 20, 4)};
  }
  if (stands_at(header, 0, "RIFF") && stands_at(header, 8, "WEBP")) return size_of_webp(header);
  if (is_avif(header)) return size_of_avif(header.substr(0, 1 << 16));
  if (stands_at(header, 0, "BM")) return size_of_bmp(header);
  if (stands_at(header, 0, "II") || stands_at(header, 0, "MM")) return size_of_tiff(header);
  return std::nullopt;
}

}  // namespace aver
