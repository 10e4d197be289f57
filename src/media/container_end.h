#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "media/media_source.h"

namespace aver {

/// How far a container says that it reaches.
struct ContainerEnd {
  /// Bytes up to the end of its last element; nothing where its length is not known.
  std::optional<std::uint64_t> promised;
  std::uint64_t there = 0;  ///< bytes that there are
  bool open = false;        ///< nothing tells where it ends, and so whether more followed
  bool is_cut() const { return promised && *promised > there; }
  /// Throws Error that names the source where it is cut.
  void refuse_cut(const std::string& name) const;
};

/// What the outermost elements of a container promise: the boxes of MP4 and MOV (ISO/IEC 14496-12),
/// the RIFF chunks of AVI, the file of Wave64, the segment of Matroska and WebM, the pages of Ogg
/// (RFC 3533), the table at the head of FLV, the chunks of CAF, the first frame of MP3. Nothing is
/// promised by another format, and by one that was written to a pipe and leaves its length open; of
/// such a one the parts that say their size may still tell that it is cut. Open are fragments of
/// MP4 without the index that ends them, streams of Ogg without the mark of the last page, AMR, AAC
/// and MP3 where no frame says how many there are, and Matroska, AVI, FLV, Wave64 and CAF whose
/// length was left open. Reads headers, never content.
ContainerEnd end_of_container(const MediaSource& source);

/// What a person is told of an open one: a clause about the clip.
inline constexpr const char* kOpenEndRemark =
    "nothing in it tells where it ends: whether more followed is not known";

}  // namespace aver
