#include "media/wav_length.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

namespace aver {
namespace {

std::unique_ptr<std::istream> stream_of(const MediaSource& source) {
  if (!source.in_memory()) return std::make_unique<std::ifstream>(source.path(), std::ios::binary);
  const auto bytes = source.bytes();
  return std::make_unique<std::istringstream>(
      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::uint32_t number(const char* bytes, bool big_endian) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const auto byte = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
    value |= byte << 8 * (big_endian ? 3 - i : i);
  }
  return value;
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
bool chunks_follow(std::istream& file, std::uint64_t at, std::uint64_t size, bool big_endian) {
  std::array<char, 8> chunk{};
  while (at < size) {
    if (!file.seekg(static_cast<std::streamoff>(at)) || !file.read(chunk.data(), chunk.size())) {
      return false;
    }
    const bool named =
        std::all_of(chunk.begin(), chunk.begin() + 4, [](char c) { return c >= 0x20 && c < 0x7F; });
    const std::uint32_t length = number(chunk.data() + 4, big_endian);
    if (!named || length == 0) return false;
    at += chunk.size() + length + (length & 1);
  }
  return at <= size + 1;
}

}  // namespace

std::optional<WavLength> length_of_wav(const MediaSource& source) {
  const auto file = stream_of(source);
  std::array<char, 12> head{};
  if (!file->read(head.data(), head.size())) return std::nullopt;
  const std::string_view text(head.data(), head.size());
  WavLength length;
  length.big_endian = text.starts_with("RIFX");
  const bool is_wav = text.starts_with("RIFF") || text.starts_with("RF64") || length.big_endian;
  if (!is_wav || text.substr(8) != "WAVE") {
    return std::nullopt;
  }
  const std::uint64_t file_size = source.size();
  std::uint64_t at = head.size();
  std::array<char, 8> chunk{};
  std::optional<std::uint64_t> long_size;  // EBU Tech 3306: what does not fit 32 bits
  while (file->seekg(static_cast<std::streamoff>(at)) && file->read(chunk.data(), chunk.size())) {
    const std::uint32_t size = number(chunk.data() + 4, length.big_endian);
    at += chunk.size();
    if (std::memcmp(chunk.data(), "data", 4) == 0) {
      length.size_at = at - 4;
      length.promised = size;
      length.there = file_size - std::min(at, file_size);
      if (long_size && size == UINT32_MAX) {
        length.promised = *long_size;
        return length;
      }
      length.open =
          size == 0 ? length.there > 0 && !chunks_follow(*file, at, file_size, length.big_endian)
                    : is_open_size(size) && size > length.there;
      return length;
    }
    std::array<char, 16> sizes{};
    if (std::memcmp(chunk.data(), "ds64", 4) == 0 && file->read(sizes.data(), sizes.size())) {
      long_size = number(sizes.data() + 8, false) |
                  static_cast<std::uint64_t>(number(sizes.data() + 12, false)) << 32;
    }
    at += std::uint64_t{size} + (size & 1);
  }
  return std::nullopt;
}

std::vector<std::byte> with_known_length(const MediaSource& source, const WavLength& length) {
  std::vector<std::byte> bytes;
  if (source.in_memory()) {
    bytes.assign(source.bytes().begin(), source.bytes().end());
  } else {
    const std::string content = read_file(source.path());
    const auto view = std::as_bytes(std::span(content));
    bytes.assign(view.begin(), view.end());
  }
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
