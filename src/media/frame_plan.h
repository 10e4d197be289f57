#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/demuxer.h"

namespace aver {

/// Which packets of a stream must be decoded to get frames 0, every, 2 · every… with not a bit
/// changed. Made from the headers and time stamps of all packets, before anything is decoded.
/// Frames are numbered in the order they are shown, which is that of their time stamps; packets in
/// the order they are stored. Packets that an edit list hides are no frames.
class FramePlan {
 public:
  /// Reads `demuxer` to its end. Nothing when the numbers of the frames cannot be known without
  /// decoding: another codec than H.264, a packet that is not one whole frame, a missing or doubled
  /// time stamp, time stamps in another order than the pictures' own, no IDR picture at the start,
  /// more pictures out of order than any decoder keeps.
  /// Throws Error as Demuxer does.
  static std::optional<FramePlan> make(Demuxer& demuxer, int every);

  std::int64_t frames() const { return static_cast<std::int64_t>(time_stamps_.size()); }
  /// How many pictures, at most, are stored before one that is shown before all of them.
  int reorder_depth() const { return reorder_depth_; }

  /// Whether a packet must be decoded. False past the last one.
  bool needs_packet(std::int64_t packet) const;
  /// The first frame from `frame` on that the decoder will yield; frames() when there is none.
  std::int64_t next_decoded(std::int64_t frame) const;
  /// Times are in units of the stream's time base.
  std::int64_t time_stamp(std::int64_t frame) const { return time_stamps_[frame]; }

 private:
  struct Packet;
  bool number_frames(std::vector<Packet>& packets);
  void choose(const std::vector<Packet>& packets, int every);
  static int reordering_of(const std::vector<Packet>& packets);

  std::vector<std::int64_t> time_stamps_;  ///< by frame
  std::vector<bool> needed_packets_;
  std::vector<bool> decoded_frames_;
  int reorder_depth_ = 0;
};

}  // namespace aver
