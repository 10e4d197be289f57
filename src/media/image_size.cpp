#include "media/image_size.h"

#include <turbojpeg.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace aver {
namespace {

/// Numbers of a header; zero beyond its end.
class Header {
 public:
  explicit Header(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool says(std::size_t at, std::string_view word) const {
    if (bytes_.size() < at + word.size()) return false;
    return std::equal(word.begin(), word.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
  }
  std::int64_t big_endian(std::size_t at, int count) const {
    std::int64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | byte(at + static_cast<std::size_t>(i));
    return value;
  }
  std::int64_t little_endian(std::size_t at, int count) const {
    std::int64_t value = 0;
    for (int i = count - 1; i >= 0; --i)
      value = value << 8 | byte(at + static_cast<std::size_t>(i));
    return value;
  }

 private:
  std::int64_t byte(std::size_t at) const {
    return at < bytes_.size() ? std::to_integer<std::int64_t>(bytes_[at]) : 0;
  }
  std::span<const std::byte> bytes_;
};

std::optional<ImageSize> size_of_webp(const Header& header) {
  if (header.says(12, "VP8 ")) {  // RFC 6386, 9.1: fourteen bits each, behind the start code
    return ImageSize{header.little_endian(26, 2) & 0x3FFF, header.little_endian(28, 2) & 0x3FFF};
  }
  if (header.says(12, "VP8L")) {
    const std::int64_t bits = header.little_endian(21, 4);
    return ImageSize{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
  }
  if (header.says(12, "VP8X")) {
    return ImageSize{header.little_endian(24, 3) + 1, header.little_endian(27, 3) + 1};
  }
  return std::nullopt;
}

std::optional<ImageSize> size_of_bmp(const Header& header) {
  const std::int64_t info = header.little_endian(14, 4);
  if (info == 12) return ImageSize{header.little_endian(18, 2), header.little_endian(20, 2)};
  // A negative height means that rows go from top to bottom.
  const auto height = static_cast<std::int32_t>(header.little_endian(22, 4));
  return ImageSize{header.little_endian(18, 4), std::abs(std::int64_t{height})};
}

/// The first directory of a TIFF 6.0 file: twelve bytes an entry.
std::optional<ImageSize> size_of_tiff(const Header& header) {
  const bool little = header.says(0, "II");
  const auto number = [&](std::size_t at, int count) {
    return little ? header.little_endian(at, count) : header.big_endian(at, count);
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
  const Header header(bytes);
  if (header.says(0, "\xFF\xD8\xFF")) return size_of_jpeg(bytes);
  if (header.says(0, "\x89PNG\r\n\x1A\n")) {
    return ImageSize{header.big_endian(16, 4), header.big_endian(20, 4)};
  }
  if (header.says(0, "RIFF") && header.says(8, "WEBP")) return size_of_webp(header);
  if (header.says(0, "BM")) return size_of_bmp(header);
  if (header.says(0, "II") || header.says(0, "MM")) return size_of_tiff(header);
  return std::nullopt;
}

}  // namespace aver
