#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "media/media_source.h"

// What headers say is read here, whichever library decodes the rest.
namespace aver {

/// The bytes of a source from any place. The source must outlive it.
class SourceBytes {
 public:
  /// Throws Error with the system's own reason for a file that is missing or cannot be opened.
  explicit SourceBytes(const MediaSource& source);

  std::uint64_t size() const { return size_; }
  /// At most `count` bytes from `place` on; fewer at the end.
  std::string read(std::uint64_t place, std::size_t count);

 private:
  const MediaSource& source_;
  std::uint64_t size_;
  std::ifstream file_;
};

std::string_view text_of(std::span<const std::byte> bytes);

/// Whether a word stands at a place of some bytes. "?" in it stands for any byte.
bool stands_at(std::string_view bytes, std::size_t place, std::string_view word);

/// Where the medium begins: behind the ID3 tags that stand at a place.
std::uint64_t behind_id3(SourceBytes& bytes, std::uint64_t place = 0);
/// The same, where zeros too may stand before and behind them, of which 64 KiB are passed over.
std::uint64_t behind_padding(SourceBytes& bytes);

/// Whether a file that begins so is a JPEG.
bool is_jpeg(std::string_view head);

/// Whether an ISO file that begins so is an AVIF picture: its first box names the brand, as the
/// major one, or among the others where the major one is that of pictures of any codec (mif1, msf1,
/// miaf). `head` holds at least that box.
bool is_avif(std::string_view head);

/// The number in `count` bytes (up to eight) from `place` on. What lies beyond the end is zero.
std::uint64_t big_endian(std::string_view bytes, std::size_t place, std::size_t count);
std::uint64_t little_endian(std::string_view bytes, std::size_t place, std::size_t count);

}  // namespace aver
