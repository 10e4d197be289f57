#include "media/container_end.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "media/source_bytes.h"

namespace aver {
namespace {

/// The sum of a place and a length from a file, which must not wrap round.
std::uint64_t after(std::uint64_t place, std::uint64_t length) {
  return length > UINT64_MAX - place ? UINT64_MAX : place + length;
}

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7F;
}

/// The boxes that stand outermost (ISO/IEC 14496-12, 6.2.3, and QuickTime's).
bool is_outer_box(std::string_view name) {
  constexpr std::array<std::string_view, 22> kNames = {
      "ftyp", "pdin", "moov", "moof", "mfra", "mdat", "free", "skip", "meta", "styp", "sidx",
      "ssix", "prft", "emsg", "uuid", "wide", "pnot", "PICT", "udta", "imda", "meco", "junk"};
  return std::ranges::find(kNames, name) != kNames.end();
}

/// A file that begins with its type says by an index that its fragments are all there.
ContainerEnd end_of_boxes(SourceBytes& bytes) {
  std::uint64_t at = 0;
  const bool typed = stands_at(bytes.read(0, 8), 4, "ftyp");
  bool fragments = false;
  for (std::string head = bytes.read(at, 16); head.size() >= 8; head = bytes.read(at, 16)) {
    const bool named = std::all_of(head.begin() + 4, head.begin() + 8, is_printable);
    std::uint64_t size = big_endian(head, 0, 4);
    if (size == 0 && named) return {std::nullopt, bytes.size(), typed && fragments};  // to the end
    if (size == 1) size = big_endian(head, 8, 8);
    if (!named || size < 8) break;  // something else is appended
    const std::string_view name = std::string_view(head).substr(4, 4);
    if (name == "moof") fragments = true;
    if (name == "mfra" || name == "sidx") fragments = false;
    const std::uint64_t end = after(at, size);
    if (end > bytes.size() && !is_outer_box(name)) break;  // a text is appended
    at = end;
    if (at > bytes.size()) break;
  }
  return {at, bytes.size(), typed && fragments};
}

/// One after the other: AVI files above 1 GiB have several.
ContainerEnd end_of_riff(SourceBytes& bytes) {
  std::uint64_t at = 0;
  std::uint64_t end = 0;
  for (std::string head = bytes.read(at, 8); head.size() == 8 && stands_at(head, 0, "RIFF");
       head = bytes.read(at, 8)) {
    const std::uint64_t size = little_endian(head, 4, 4);
    constexpr std::uint64_t kOpen = 0x7FFF0000;  // what writers to a pipe leave there
    if (size == 0 || size >= kOpen) return {std::nullopt, bytes.size(), true};
    end = after(at, 8 + size);
    at = end + (size & 1);  // the padding byte may be left out at the end of a file
  }
  return {end, bytes.size()};
}

/// Wave64 counts everything, its own head with it.
ContainerEnd end_of_wave64(SourceBytes& bytes) {
  const std::string size = bytes.read(16, 8);
  const std::uint64_t promised = little_endian(size, 0, 8);
  constexpr std::uint64_t kOpen = std::uint64_t{1} << 62;
  if (size.size() < 8 || promised == 0 || promised >= kOpen) {
    return {std::nullopt, bytes.size(), true};
  }
  return {promised, bytes.size()};
}

/// How many bytes a number of EBML has: the zeros before its first one say it (RFC 8794).
std::size_t ebml_bytes(char first) {
  return static_cast<std::size_t>(std::countl_zero(static_cast<std::uint8_t>(first))) + 1;
}

/// Such a number without the bits that say its length; nothing for "unknown" and for none.
std::optional<std::uint64_t> ebml_number(std::string_view bytes, std::size_t at) {
  const std::size_t count = ebml_bytes(bytes[at]);
  if (count > 8) return std::nullopt;
  const std::uint64_t most = (std::uint64_t{1} << (7 * count)) - 1;
  const std::uint64_t value = big_endian(bytes, at, count) & most;
  return value == most ? std::nullopt : std::optional(value);
}

constexpr std::uint64_t kSegment = 0x18538067, kCluster = 0x1F43B675, kCues = 0x1C53BB6B;

/// The elements of a segment and, for one whose length is open, of a cluster (RFC 9559).
bool is_segment_element(std::uint64_t id) {
  constexpr std::array<std::uint64_t, 17> kIds = {
      kCluster, kCues, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1043A770, 0x1254C367, 0x1941A469, 0xEC,
      0xBF,     0xE7,  0xA3,       0xA0,       0xAB,       0xA7,       0x5854,     0xAF};
  return std::ranges::find(kIds, id) != kIds.end();
}

/// A segment that leaves its length open, as one that was written to a pipe does, from its first
/// element on. Clusters that leave theirs open too are gone through. An index of places that
/// follows what it indexes ends it.
ContainerEnd end_of_open_segment(SourceBytes& bytes, std::uint64_t at) {
  bool clusters = false, indexed = false;
  for (std::string head = bytes.read(at, 12); !head.empty(); head = bytes.read(at, 12)) {
    const std::size_t id_bytes = ebml_bytes(head[0]);
    if (id_bytes > 4) break;
    const bool whole =
        head.size() > id_bytes && head.size() >= id_bytes + ebml_bytes(head[id_bytes]);
    if (!whole) return {bytes.size() + 1, bytes.size(), !indexed};
    const std::uint64_t id = big_endian(head, 0, id_bytes);
    if (!is_segment_element(id)) break;  // something else is appended
    const auto size = ebml_number(head, id_bytes);
    if (!size && id != kCluster) break;
    clusters = clusters || id == kCluster;
    indexed = indexed || (id == kCues && clusters);
    at = after(at, id_bytes + ebml_bytes(head[id_bytes]) + size.value_or(0));
    if (at > bytes.size()) return {at, bytes.size(), !indexed};
  }
  return {std::nullopt, bytes.size(), !indexed};
}

ContainerEnd end_of_matroska(SourceBytes& bytes) {
  std::uint64_t at = 0;
  for (std::string head = bytes.read(at, 12); head.size() >= 5; head = bytes.read(at, 12)) {
    const std::size_t id_bytes = ebml_bytes(head[0]);
    if (id_bytes > 4) break;
    const auto size = ebml_number(head, id_bytes);
    const bool segment = big_endian(head, 0, id_bytes) == kSegment;
    if (!size && !segment) break;
    at = after(at, id_bytes + ebml_bytes(head[id_bytes]) + size.value_or(0));
    if (!size) return end_of_open_segment(bytes, at);
    if (segment) return {at, bytes.size()};
  }
  return {std::nullopt, bytes.size()};
}

/// Chunks of a Core Audio file, each with its size; that of the samples may be left open (-1).
ContainerEnd end_of_caf(SourceBytes& bytes) {
  constexpr std::uint64_t kOpen = UINT64_MAX;
  std::uint64_t at = 8;
  for (std::string head = bytes.read(at, 12); head.size() == 12; head = bytes.read(at, 12)) {
    const std::uint64_t size = big_endian(head, 4, 8);
    const bool samples = stands_at(head, 0, "data");
    if (samples && size == kOpen) return {std::nullopt, bytes.size(), true};
    at = after(at, 12 + size);
    if (samples || at > bytes.size()) break;
  }
  return {at, bytes.size()};
}

ContainerEnd end_of_ogg(SourceBytes& bytes) {
  constexpr std::size_t kFixed = 27;
  constexpr char kLast = 0x04;
  std::uint64_t at = 0;
  std::set<std::uint64_t> open;  // streams whose last page has not come
  for (std::string head = bytes.read(at, kFixed + 255); stands_at(head, 0, "OggS");
       head = bytes.read(at, kFixed + 255)) {
    const std::size_t segments = big_endian(head, kFixed - 1, 1);
    if (head.size() < kFixed + segments) return {bytes.size() + 1, bytes.size(), !open.empty()};
    const std::uint64_t stream = big_endian(head, 14, 4);
    if ((head[5] & kLast) != 0) {
      open.erase(stream);
    } else {
      open.insert(stream);
    }
    at += kFixed + segments;
    for (std::size_t i = 0; i < segments; ++i) at += big_endian(head, kFixed + i, 1);
    if (at > bytes.size()) break;
  }
  return {at, bytes.size(), !open.empty()};
}

/// What the first frame of an MP3 says of the whole, where it is one of that kind: flags behind the
/// name, the number of frames, the number of bytes from here on (Xing's header, LAME's "Info").
ContainerEnd end_of_mp3(SourceBytes& bytes, std::uint64_t start) {
  const ContainerEnd unknown{std::nullopt, bytes.size(), true};
  const std::string frame = bytes.read(start, 64);
  if (!stands_at(frame, 0, "\xFF") || frame.size() < 64) return unknown;
  for (const std::size_t at :
       {13U, 15U, 21U, 23U, 36U, 38U}) {  // by version, channels and checksum
    if (!stands_at(frame, at, "Xing") && !stands_at(frame, at, "Info")) continue;
    constexpr std::uint64_t kFrames = 1, kBytes = 2;
    const std::uint64_t flags = big_endian(frame, at + 4, 4);
    if ((flags & kBytes) == 0) return unknown;
    const std::uint64_t promised = big_endian(frame, at + ((flags & kFrames) != 0 ? 12 : 8), 4);
    // Some writers count the tag before it too.
    if (promised == bytes.size()) return {promised, bytes.size()};
    if (promised == 0) return unknown;
    return {start + promised, bytes.size()};
  }
  return unknown;
}

/// The first tag of FLV is a table of the writer's, with a number of 64 bits behind this name.
std::optional<std::uint64_t> size_of_flv(SourceBytes& bytes) {
  constexpr std::string_view kName(
      "\0\x08"
      "filesize\0",
      11);
  constexpr std::size_t kTable = 4096;
  const std::string head = bytes.read(0, kTable);
  const auto name = head.find(kName);
  if (name == std::string::npos || name + kName.size() + 8 > head.size()) return std::nullopt;
  const auto size = std::bit_cast<double>(big_endian(head, name + kName.size(), 8));
  if (!(size > 0 && size < 0x1p53)) return std::nullopt;
  return static_cast<std::uint64_t>(size);
}

/// Where the table says no size, tags say theirs: 11 bytes of head, and 4 behind that count back.
ContainerEnd end_of_flv(SourceBytes& bytes) {
  if (const auto size = size_of_flv(bytes)) return {*size, bytes.size()};
  const ContainerEnd unknown{std::nullopt, bytes.size(), true};
  const std::string file = bytes.read(0, 9);
  if (file.size() < 9) return unknown;
  constexpr std::uint64_t kAround = 11 + 4;
  std::uint64_t at = big_endian(file, 5, 4) + 4;
  for (std::string tag = bytes.read(at, 11); !tag.empty(); tag = bytes.read(at, 11)) {
    const std::uint64_t kind = big_endian(tag, 0, 1);
    if (kind != 8 && kind != 9 && kind != 18) break;  // something else is appended
    at = tag.size() < 11 ? bytes.size() + 1 : after(at, kAround + big_endian(tag, 1, 3));
    if (at > bytes.size()) return {at, bytes.size(), true};
  }
  return unknown;
}

}  // namespace

void ContainerEnd::refuse_cut(const std::string& name) const {
  if (!is_cut()) return;
  throw Error(
      "{} ends early: its header promises {} and {} are there; copy it again from where it came",
      name, counted(*promised, "bytes"), there);
}

ContainerEnd end_of_container(const MediaSource& source) {
  SourceBytes bytes(source);
  const std::string head = bytes.read(0, 12);
  const ContainerEnd unknown{std::nullopt, bytes.size()};
  if (head.size() < 12) return unknown;
  if (stands_at(head, 0, "RIFF") && stands_at(head, 8, "AVI ")) return end_of_riff(bytes);
  if (stands_at(head, 0, "riff\x2E\x91\xCF\x11")) return end_of_wave64(bytes);
  if (stands_at(head, 0, "\x1A\x45\xDF\xA3")) return end_of_matroska(bytes);
  if (stands_at(head, 0, "OggS")) return end_of_ogg(bytes);
  if (stands_at(head, 0, "FLV\x01")) return end_of_flv(bytes);
  if (stands_at(head, 0, "caff")) return end_of_caf(bytes);
  if (stands_at(head, 0, "#!AMR")) return {std::nullopt, bytes.size(), true};
  if (const std::uint64_t start = behind_padding(bytes);
      stands_at(bytes.read(start, 1), 0, "\xFF")) {
    return end_of_mp3(bytes, start);
  }
  for (const char* box : {"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof"}) {
    if (stands_at(head, 4, box)) return end_of_boxes(bytes);
  }
  return unknown;
}

}  // namespace aver
