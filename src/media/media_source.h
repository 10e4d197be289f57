#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
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

class Options;

/// What decoding one medium may take. The defaults are far above what recordings have: they keep a
/// header of a few bytes from asking for all memory there is.
struct MediaLimits {
  double seconds = 4 * 3600;      ///< of sound, and of pictures
  std::int64_t pixels = 1 << 27;  ///< of one picture
  int streams = 1000;             ///< in one container
  /// Most pictures that are read from one clip.
  std::size_t pictures = std::numeric_limits<std::size_t>::max();
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();  ///< looked at between packets and frames
  bool have_options = true;  ///< --max-seconds and --max-pixels raise them, which errors say

  /// Throws LimitError that names `name` when the deadline is over, or `length_seconds` too long.
  void check(const std::string& name, double length_seconds = 0) const;
  /// Throws LimitError that names `name` for more pictures.
  void check_pictures(const std::string& name, std::size_t count) const;
  /// Throws LimitError that names `name` for a picture of more pixels.
  void check_size(const std::string& name, std::int64_t width, std::int64_t height) const;

  /// --max-seconds and --max-pixels.
  void describe(Options& options);
  /// --max-pixels alone, where only pictures are read.
  void describe_pixels(Options& options);
};

/// Which streams of a container are read: by their place among those of their kind, from 1. With 0
/// the one that the container calls its default, as ffmpeg and players take it, or else the first.
struct Tracks {
  int audio = 0;
  int video = 0;

  /// --audio-track or --video-track, by its kind.
  static void describe(Options& options, int& track, const std::string& kind);
};

/// Where a medium is read from: a file, or bytes in memory (an upload, standard input).
class MediaSource {
 public:
  MediaSource(fs::path path, MediaLimits limits = {}, Tracks tracks = {});  // NOLINT: a path is one
  /// `name` is what error messages call it. The bytes must outlive the source and its readers.
  MediaSource(std::span<const std::byte> bytes, std::string name, MediaLimits limits = {},
              Tracks tracks = {});

  const std::string& name() const { return name_; }
  const MediaLimits& limits() const { return limits_; }
  const Tracks& tracks() const { return tracks_; }
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
  Tracks tracks_;
};

/// What a medium is by its first bytes, whatever its name. An ID3 tag before them is passed over.
enum class MediaKind {
  container,  ///< FFmpeg reads it: MP4, MOV, MKV, WebM, AVI, Ogg, MP3, AAC, AMR
  sound,      ///< libsndfile reads it: WAV, RF64, RIFX, W64, FLAC, AIFF, CAF
  picture,    ///< JPEG, PNG, WebP, BMP, TIFF, AVIF
  unknown
};
MediaKind kind_of(const MediaSource& source);
/// The same; throws Error that says what lies there where it is none that is read.
MediaKind known_kind_of(const MediaSource& source);

/// The formats that are read, for a sentence: "MP4, MOV, …". Of all kinds, or of one.
std::string format_names(std::optional<MediaKind> kind = std::nullopt);

/// What lies in the place of a medium, and what to do about it: "is empty", "is a Git LFS pointer:
/// git lfs pull fetches what it stands for", "is a web page"…; "" when it is nothing of the kind.
std::string odd_content(const MediaSource& source);

}  // namespace aver
