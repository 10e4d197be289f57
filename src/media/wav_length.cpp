#include "media/wav_length.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "media/source_bytes.h"

namespace aver {
namespace {

std::uint32_t number(std::string_view bytes, std::size_t at, bool big) {
  return static_cast<std::uint32_t>(big ? big_endian(bytes, at, 4) : little_endian(bytes, at, 4));
}

/// The sizes that writers leave which cannot go back to the header: sox 0x7FFFF000, arecord
/// 0x80000000, ffmpeg 0xFFFFFFFF, each less what they count with it.
bool is_open_size(std::uint32_t size) {
  constexpr std::uint32_t kSlack = 256;
  return (size >= 0x7FFFF000u - kSlack && size <= 0x7FFFF000u + kSlack) ||
         (size >= 0x7FFFFFFFu - kSlack && size <= 0x80000000u + kSlack) ||
         size >= 0xFFFFFFFFu - kSlack;
}

/// Whether what follows an empty data chunk is further chunks to the end, and no samples.
bool chunks_follow(SourceBytes& bytes, std::uint64_t at, bool big_endian) {
  while (at < bytes.size()) {
    const std::string chunk = bytes.read(at, 8);
    if (chunk.size() < 8) return false;
    const bool named =
        std::all_of(chunk.begin(), chunk.begin() + 4, [](char c) { return c >= 0x20 && c < 0x7F; });
    const std::uint32_t length = number(chunk, 4, big_endian);
    if (!named || length == 0) return false;
    at += chunk.size() + length + (length & 1);
  }
  return at <= bytes.size() + 1;
}

}  // namespace

std::optional<WavLength> length_of_wav(const MediaSource& source) {
  SourceBytes bytes(source);
  const std::string head = bytes.read(0, 12);
  WavLength length;
  length.big_endian = stands_at(head, 0, "RIFX");
  const bool is_wav = stands_at(head, 0, "RIFF") || stands_at(head, 0, "RF64") || length.big_endian;
  if (!is_wav || !stands_at(head, 8, "WAVE")) return std::nullopt;
  std::uint64_t at = head.size();
  std::optional<std::uint64_t> long_size;  // EBU Tech 3306: what does not fit 32 bits
  for (std::string chunk = bytes.read(at, 8); chunk.size() == 8; chunk = bytes.read(at, 8)) {
    const std::uint32_t size = number(chunk, 4, length.big_endian);
    at += chunk.size();
    if (stands_at(chunk, 0, "data")) {
      length.size_at = at - 4;
      length.promised = size;
      length.there = bytes.size() - std::min(at, bytes.size());
      if (long_size && size == UINT32_MAX) {
        length.promised = *long_size;
        return length;
      }
      length.open = size == 0 ? length.there > 0 && !chunks_follow(bytes, at, length.big_endian)
                              : is_open_size(size) && size > length.there;
      return length;
    }
    if (stands_at(chunk, 0, "ds64")) {
      if (const std::string sizes = bytes.read(at, 16); sizes.size() == 16) {
        long_size = little_endian(sizes, 8, 8);
      }
    }
    at += std::uint64_t{size} + (size & 1);
  }
  return std::nullopt;
}

std::vector<std::byte> with_known_length(const MediaSource& source, const WavLength& length) {
  const std::string content = SourceBytes(source).read(0, static_cast<std::size_t>(source.size()));
  const auto view = std::as_bytes(std::span(content));
  std::vector<std::byte> bytes(view.begin(), view.end());
  const auto put = [&](std::uint64_t at, std::uint64_t value) {
    for (int i = 0; i < 4; ++i) {
      const int shift = 8 * (length.big_endian ? 3 - i : i);
      bytes[at + static_cast<std::uint64_t>(i)] = static_cast<std::byte>(value >> shift & 0xFF);
    }
  };
  constexpr std::uint64_t kMost = 0xFFFFFF00;
  put(length.size_at, std::min(length.there, kMost));
  put(4, std::min<std::uint64_t>(bytes.size() - 8, kMost));
  return bytes;
}

}  // namespace aver
