#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "base/error.h"
#include "base/files.h"

namespace aver {

/// A medium that asks for more than its limits: too long, too large
/// pictures, too many streams, or too slow to decode.
class LimitError : public Error {
 public:
  using Error::Error;
};

/// A container without the stream that was asked for: "no video stream", "no sound track".
class MissingStreamError : public Error {
 public:
  using Error::Error;
};

/// What decoding one medium may take. Without values of its own, whatever it asks for.
struct MediaLimits {
  double seconds = std::numeric_limits<double>::infinity();        ///< of sound, and of pictures
  std::int64_t pixels = std::numeric_limits<std::int32_t>::max();  ///< of one picture
  int streams = 1000;                                              ///< in one container
  /// Most pictures that are read from one clip.
  std::size_t pictures = std::numeric_limits<std::size_t>::max();
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();  ///< looked at between packets and frames

  /// Throws LimitError that names `name` when the deadline is over, or `length_seconds` too long.
  void check(const std::string& name, double length_seconds = 0) const;
};

/// Where a medium is read from: a file, or bytes in memory (an upload, standard input).
class MediaSource {
 public:
  MediaSource(fs::path path, MediaLimits limits = {});  // NOLINT: a path is a source
  /// `name` is what error messages call it. The bytes must outlive the source and its readers.
  MediaSource(std::span<const std::byte> bytes, std::string name, MediaLimits limits = {});

  const std::string& name() const { return name_; }
  const MediaLimits& limits() const { return limits_; }
  /// True for bytes in memory; otherwise path() is the file.
  bool in_memory() const { return in_memory_; }
  std::span<const std::byte> bytes() const { return bytes_; }
  const fs::path& path() const { return path_; }
  /// Its size in bytes. Throws Error when the file is not there.
  std::uintmax_t size() const;

 private:
  std::string name_;
  fs::path path_;
  std::span<const std::byte> bytes_;
  bool in_memory_ = false;
  MediaLimits limits_;
};

/// What a medium is by its first bytes, whatever its name.
enum class MediaKind {
  container,  ///< MP4, MOV, MKV, WebM, AVI: pictures, sound or both
  sound,      ///< WAV, FLAC
  picture,    ///< JPEG, PNG
  unknown
};
MediaKind kind_of(const MediaSource& source);

}  // namespace aver
