#include "media/frame_plan.h"

#include <algorithm>

#include "media/h264_packets.h"

namespace aver {
namespace {

// No H.264 decoder keeps more pictures than this (ITU-T H.264, A.3.1, MaxDpbFrames), and FFmpeg's
// aborts when it is asked to.
constexpr int kMostReordered = 16;

}  // namespace

struct FramePlan::Packet {
  PictureHeader header;
  bool hidden;              ///< by an edit list
  std::int64_t time_stamp;  ///< when it is shown
  int group;                ///< how many IDR pictures are stored up to it
  std::int64_t frame = -1;  ///< its number; -1 when hidden
};

std::optional<FramePlan> FramePlan::make(Demuxer& demuxer, int every) {
  auto headers = H264Packets::of(demuxer.stream());
  if (!headers) return std::nullopt;
  std::vector<Packet> packets;
  int group = 0;
  while (const AVPacket* packet = demuxer.next()) {
    const auto header = headers->read(*packet);
    if (!header || packet->pts == AV_NOPTS_VALUE) return std::nullopt;
    group += header->role == PictureRole::restart;
    // Before its first IDR picture a decoder keeps back frames whose references it never saw.
    if (group == 0) return std::nullopt;
    const bool hidden = (packet->flags & AV_PKT_FLAG_DISCARD) != 0;
    packets.push_back({*header, hidden, packet->pts, group});
  }
  FramePlan plan;
  if (!plan.number_frames(packets)) return std::nullopt;
  plan.choose(packets, every);
  plan.reorder_depth_ = reordering_of(packets);
  if (plan.reorder_depth_ > kMostReordered) return std::nullopt;
  return plan;
}

/// False when the time stamps do not put the frames in the order in which a decoder shows them.
bool FramePlan::number_frames(std::vector<Packet>& packets) {
  std::vector<Packet*> shown;
  for (auto& packet : packets) {
    if (!packet.hidden) shown.push_back(&packet);
  }
  std::sort(shown.begin(), shown.end(), [](const Packet* one, const Packet* other) {
    return one->time_stamp < other->time_stamp;
  });
  for (Packet* packet : shown) {
    if (!time_stamps_.empty()) {
      const Packet& before = *shown[time_stamps_.size() - 1];
      const bool later = std::pair(before.group, before.header.order) <
                         std::pair(packet->group, packet->header.order);
      if (!later || before.time_stamp == packet->time_stamp) return false;
    }
    packet->frame = frames();
    time_stamps_.push_back(packet->time_stamp);
  }
  return !shown.empty();
}

void FramePlan::choose(const std::vector<Packet>& packets, int every) {
  needed_packets_.resize(packets.size());
  decoded_frames_.resize(time_stamps_.size());
  // Backwards: whether anything that must be decoded follows before the next IDR picture.
  bool may_be_referred_to = false;
  for (std::size_t i = packets.size(); i-- > 0;) {
    const Packet& packet = packets[i];
    const PictureRole role = packet.header.role;
    const bool wanted = !packet.hidden && packet.frame % every == 0;
    const bool needed = wanted || packet.header.brings_more ||
                        (may_be_referred_to && role != PictureRole::disposable);
    needed_packets_[i] = needed;
    if (needed && !packet.hidden) decoded_frames_[packet.frame] = true;
    may_be_referred_to = (may_be_referred_to || needed) && role != PictureRole::restart;
  }
}

/// How many packets, at most, are stored before one that is shown before them.
int FramePlan::reordering_of(const std::vector<Packet>& packets) {
  std::vector<std::int64_t> earliest_to_come(packets.size());
  std::int64_t earliest = INT64_MAX;
  for (std::size_t i = packets.size(); i-- > 0;) {
    earliest = std::min(earliest, packets[i].time_stamp);
    earliest_to_come[i] = earliest;
  }
  int depth = 0;
  std::vector<std::int64_t> waiting;  // stored, and shown after something still to come
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const std::int64_t now = packets[i].time_stamp;
    std::erase_if(waiting, [&](std::int64_t time) { return time <= earliest_to_come[i]; });
    const auto overtook = std::count_if(waiting.begin(), waiting.end(),
                                        [&](std::int64_t time) { return time > now; });
    depth = std::max(depth, static_cast<int>(overtook));
    waiting.push_back(now);
  }
  return depth;
}

bool FramePlan::needs_packet(std::int64_t packet) const {
  const auto at = static_cast<std::size_t>(packet);
  return at < needed_packets_.size() && needed_packets_[at];
}

std::int64_t FramePlan::next_decoded(std::int64_t frame) const {
  const auto from = decoded_frames_.begin() + std::min(frame, frames());
  return std::find(from, decoded_frames_.end(), true) - decoded_frames_.begin();
}

}  // namespace aver
