#pragma once

#include <cstdint>
#include <optional>

#include "media/media_source.h"

namespace aver {

/// How far a container says that it reaches.
struct ContainerEnd {
  std::uint64_t promised = 0;  ///< bytes up to the end of its last element
  std::uint64_t there = 0;     ///< bytes that there are
  bool is_cut() const { return promised > there; }
};

/// What the outermost elements of a container promise: the boxes of MP4 and MOV (ISO/IEC 14496-12),
/// the RIFF chunks of AVI, the file of Wave64, the segment of Matroska and WebM, the pages of Ogg
/// (RFC 3533), the table at the head of FLV, the chunks of CAF,
/// the first frame of MP3. Nothing where none is known:
/// another format, or one that was written to a pipe and leaves its length open (of such a one the
/// parts that say their size may still tell that it is cut). Reads headers, never content.
std::optional<ContainerEnd> end_of_container(const MediaSource& source);

/// Throws Error where that is beyond what there is.
void refuse_cut_container(const MediaSource& source);

/// Whether nothing tells where a container ends, and so whether more followed: fragments of MP4
/// without the index that ends them, pages of Ogg without the mark of the last one, clusters of
/// Matroska, AVI, FLV and Wave64 whose length was left open.
bool may_have_gone_on(const MediaSource& source);

/// What a person is told of such a container: a clause about the clip.
inline constexpr const char* kOpenEndRemark =
    "nothing in it tells where it ends: whether more followed is not known";

}  // namespace aver
