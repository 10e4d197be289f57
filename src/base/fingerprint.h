#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/files.h"

namespace aver {

/// A number that changes when the bytes do (FNV-1a over 64-bit words).
class Fingerprint {
 public:
  void add(std::span<const std::byte> bytes);
  void add(const std::string& text);
  /// A source as the stages know it again: by its name, its size and its time of change.
  void add(const std::string& name, const FileStamp& stamp);
  std::string text() const;

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

/// Size and fingerprint of content, "1234-0123456789abcdef": what a file is known again by. It
/// finds what somebody changed, and not who wants to hide that.
std::string content_mark(std::span<const std::byte> bytes);
/// That of a file. Throws Error when it cannot be read.
std::string content_mark_of(const fs::path& path);
/// The size in a mark; nothing when it is none.
std::optional<std::uintmax_t> size_in_mark(const std::string& mark);

/// The fingerprint of a file's content. Throws Error when it cannot be read.
std::string fingerprint_of_file(const fs::path& path);
/// What tells a folder from another one: the names of its files, their sizes and times. Of a file
/// that of its content.
std::string fingerprint_of_files(const fs::path& path);

/// True when no row of an array [rows, n] changes from one value to the next: silences are alike
/// without being the same recording.
template <typename T>
bool is_still(std::span<const T> values, std::size_t rows) {
  const std::size_t length = rows == 0 ? 0 : values.size() / rows;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto part = values.subspan(row * length, length);
    if (std::any_of(part.begin(), part.end(), [&](T value) { return value != part[0]; })) {
      return false;
    }
  }
  return true;
}

/// True for the pixels of a picture of a single colour.
template <typename T>
bool is_one_colour(std::span<const T> values, std::size_t channels) {
  for (std::size_t i = channels; i < values.size(); ++i) {
    if (values[i] != values[i - channels]) return false;
  }
  return true;
}

}  // namespace aver
