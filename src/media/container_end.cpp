#include "media/container_end.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <numeric>
#include <string_view>

namespace aver {
namespace {

/// Bytes at any place of a source.
class Places {
 public:
  explicit Places(const MediaSource& source) : source_(source), size_(source.size()) {
    if (!source.in_memory()) file_.open(source.path(), std::ios::binary);
  }

  std::uint64_t size() const { return size_; }

  /// At most `Count` bytes from `at` on; fewer at the end, and then the rest is zero.
  template <std::size_t Count>
  std::size_t read(std::uint64_t at, std::array<std::uint8_t, Count>& bytes) {
    bytes.fill(0);
    if (at >= size_) return 0;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(Count, size_ - at));
    if (source_.in_memory()) {
      std::memcpy(bytes.data(), source_.bytes().data() + at, count);
      return count;
    }
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(at));
    file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count));
    return static_cast<std::size_t>(file_.gcount());
  }

 private:
  const MediaSource& source_;
  std::uint64_t size_;
  std::ifstream file_;
};

template <std::size_t Count>
std::uint64_t big_endian(const std::array<std::uint8_t, Count>& bytes, std::size_t from,
                         std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = from; i < from + count; ++i) value = value << 8 | bytes[i];
  return value;
}

template <std::size_t Count>
bool says(const std::array<std::uint8_t, Count>& bytes, std::size_t at, std::string_view word) {
  return std::equal(word.begin(), word.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char c, std::uint8_t byte) { return static_cast<std::uint8_t>(c) == byte; });
}

/// The sum of a place and a length from a file, which must not wrap round.
std::uint64_t after(std::uint64_t place, std::uint64_t length) {
  return length > UINT64_MAX - place ? UINT64_MAX : place + length;
}

std::optional<ContainerEnd> end_of_boxes(Places& places) {
  std::uint64_t at = 0;
  std::array<std::uint8_t, 16> head{};
  while (places.read(at, head) >= 8) {
    const bool named = std::all_of(head.begin() + 4, head.begin() + 8,
                                   [](std::uint8_t c) { return c >= 0x20 && c < 0x7F; });
    std::uint64_t size = big_endian(head, 0, 4);
    if (size == 0 && named) return std::nullopt;  // to the end, wherever that is
    if (size == 1) size = big_endian(head, 8, 8);
    if (!named || size < 8) break;  // something else is appended
    const std::uint64_t end = after(at, size);
    if (end > places.size()) return ContainerEnd{end, places.size()};
    at = end;
  }
  return ContainerEnd{at, places.size()};
}

/// One after the other: AVI files above 1 GiB have several.
std::optional<ContainerEnd> end_of_riff(Places& places) {
  std::uint64_t at = 0;
  std::uint64_t end = 0;
  std::array<std::uint8_t, 8> head{};
  while (places.read(at, head) == head.size() && says(head, 0, "RIFF")) {
    const std::uint64_t size =
        head[4] | head[5] << 8 | head[6] << 16 | static_cast<std::uint64_t>(head[7]) << 24;
    constexpr std::uint64_t kOpen = 0x7FFF0000;  // what writers to a pipe leave there
    if (size == 0 || size >= kOpen) return std::nullopt;
    end = after(at, 8 + size);
    at = end + (size & 1);  // the padding byte may be left out at the end of a file
  }
  return ContainerEnd{end, places.size()};
}

/// Wave64 counts everything, its own head with it.
std::optional<ContainerEnd> end_of_wave64(Places& places) {
  std::array<std::uint8_t, 8> size{};
  if (places.read(16, size) < size.size()) return std::nullopt;
  std::uint64_t promised = 0;
  for (std::size_t i = size.size(); i-- > 0;) promised = promised << 8 | size[i];
  constexpr std::uint64_t kOpen = std::uint64_t{1} << 62;
  if (promised == 0 || promised >= kOpen) return std::nullopt;
  return ContainerEnd{promised, places.size()};
}

/// A number of EBML: the zeros before its first one say how many bytes it has (RFC 8794). Nothing
/// for "unknown".
struct EbmlNumber {
  std::optional<std::uint64_t> value;
  std::size_t bytes = 0;
};
template <std::size_t Count>
EbmlNumber ebml_number(const std::array<std::uint8_t, Count>& bytes, std::size_t at) {
  const std::size_t count = static_cast<std::size_t>(std::countl_zero(bytes[at])) + 1;
  if (count > 8) return {};
  const std::uint64_t most = (std::uint64_t{1} << (7 * count)) - 1;
  const std::uint64_t value = big_endian(bytes, at, count) & most;
  return {value == most ? std::nullopt : std::optional(value), count};
}

std::optional<ContainerEnd> end_of_matroska(Places& places) {
  constexpr std::uint64_t kSegment = 0x18538067;
  std::uint64_t at = 0;
  std::array<std::uint8_t, 12> head{};
  while (places.read(at, head) >= 5) {
    const auto id_bytes = static_cast<std::size_t>(std::countl_zero(head[0])) + 1;
    if (id_bytes > 4) return std::nullopt;
    const EbmlNumber size = ebml_number(head, id_bytes);
    if (!size.value) return std::nullopt;
    at = after(at, id_bytes + size.bytes + *size.value);
    if (big_endian(head, 0, id_bytes) == kSegment) return ContainerEnd{at, places.size()};
  }
  return std::nullopt;
}

std::optional<ContainerEnd> end_of_ogg(Places& places) {
  std::uint64_t at = 0;
  std::array<std::uint8_t, 27 + 255> head{};
  std::size_t count = 0;
  while ((count = places.read(at, head)) > 0 && says(head, 0, "OggS")) {
    const std::size_t segments = head[26];
    const std::uint64_t body = std::accumulate(
        head.begin() + 27, head.begin() + 27 + static_cast<std::ptrdiff_t>(segments),
        std::uint64_t{0});
    at += 27 + segments + body;
    if (count < 27 + segments) at = std::max(at, places.size() + 1);
    if (at > places.size()) break;
  }
  return ContainerEnd{at, places.size()};
}

}  // namespace

std::optional<ContainerEnd> end_of_container(const MediaSource& source) {
  Places places(source);
  std::array<std::uint8_t, 12> head{};
  if (places.read(0, head) < head.size()) return std::nullopt;
  if (says(head, 0, "RIFF") && says(head, 8, "AVI ")) return end_of_riff(places);
  if (says(head, 0, "riff\x2E\x91\xCF\x11")) return end_of_wave64(places);
  if (says(head, 0, "\x1A\x45\xDF\xA3")) return end_of_matroska(places);
  if (says(head, 0, "OggS")) return end_of_ogg(places);
  for (const char* box : {"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof"}) {
    if (says(head, 4, box)) return end_of_boxes(places);
  }
  return std::nullopt;
}

}  // namespace aver
