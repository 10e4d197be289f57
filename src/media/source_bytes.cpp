#include "media/source_bytes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace aver {

SourceBytes::SourceBytes(const MediaSource& source) : source_(source), size_(source.size()) {
  if (source.in_memory()) return;
  file_.open(source.path(), std::ios::binary);
  if (!file_) {
    throw Error("cannot read {}: {}", source.name(), std::generic_category().message(errno));
  }
}

std::string SourceBytes::read(std::uint64_t place, std::size_t count) {
  if (place >= size_) return {};
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - place));
  if (source_.in_memory()) {
    return std::string(text_of(source_.bytes().subspan(static_cast<std::size_t>(place), count)));
  }
  std::string bytes(count, '\0');
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(place));
  file_.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(file_.gcount()));
  return bytes;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool stands_at(std::string_view bytes, std::size_t place, std::string_view word) {
  if (bytes.size() < place + word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '?' && word[i] != bytes[place + i]) return false;
  }
  return true;
}

std::uint64_t big_endian(std::string_view bytes, std::size_t place, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = place; i < place + count; ++i) {
    value = value << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  return value;
}

std::uint64_t little_endian(std::string_view bytes, std::size_t place, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = place + count; i-- > place;) {
    value = value << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  return value;
}

// A tag's length is four times seven bits.
std::uint64_t behind_id3(SourceBytes& bytes, std::uint64_t place) {
  std::uint64_t at = place;
  for (std::string head = bytes.read(at, 10); head.size() == 10 && head.starts_with("ID3");
       head = bytes.read(at, 10)) {
    std::uint64_t size = 0;
    for (int i = 6; i < 10; ++i) size = size << 7 | (static_cast<unsigned char>(head[i]) & 0x7F);
    at += 10 + size;
  }
  return at;
}

/// Where zeros that stand at a place end, if that is soon.
static std::uint64_t behind_zeros(SourceBytes& bytes, std::uint64_t place) {
  constexpr std::size_t kMost = 1 << 16;
  const auto content = bytes.read(place, kMost).find_first_not_of('\0');
  return content == std::string::npos ? place : place + content;
}

std::uint64_t behind_padding(SourceBytes& bytes) {
  return behind_zeros(bytes, behind_id3(bytes, behind_zeros(bytes, 0)));
}

bool is_jpeg(std::string_view head) {
  return head.starts_with("\xFF\xD8\xFF");
}

bool is_avif(std::string_view head) {
  if (!stands_at(head, 4, "ftyp")) return false;
  if (stands_at(head, 8, "avif")) return true;
  const auto stands = [&](std::size_t at) {
    return [&head, at](const char* brand) { return stands_at(head, at, brand); };
  };
  if (std::ranges::none_of(std::array{"mif1", "msf1", "miaf"}, stands(8))) return false;
  const auto end =
      std::min<std::size_t>(head.size(), static_cast<std::size_t>(big_endian(head, 0, 4)));
  for (std::size_t at = 16; at + 4 <= end; at += 4) {
    if (stands_at(head, at, "avif")) return true;
  }
  return false;
}

}  // namespace aver
