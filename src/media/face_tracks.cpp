#include "media/face_tracks.h"

#include <algorithm>
#include <tuple>

namespace aver {
namespace {

/// Overlap (intersection over union) from which on a box may be a track's next.
constexpr double kLeastOverlap = 0.2;
/// A face that is away moves on for so many seconds; where it went then, nobody knows.
constexpr double kMoving = 0.4;
/// Share of the newest step in a track's speed: detectors jitter.
constexpr double kNewest = 0.5;

double overlap(const cv::Rect2d& a, const cv::Rect2d& b) {
  const double both = (a & b).area();
  return both <= 0 ? 0 : both / (a.area() + b.area() - both);
}

cv::Point2d middle(const cv::Rect2d& box) {
  return {box.x + box.width / 2, box.y + box.height / 2};
}

}  // namespace

std::vector<std::size_t> FaceTracker::follow(const std::vector<cv::Rect>& boxes, double seconds) {
  std::erase_if(tracks_, [&](const Track& track) { return seconds - track.seconds > kAbsence; });
  // The pairs that overlap most come first; of equal ones the older track and the earlier box.
  std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    const double away = std::min(seconds - tracks_[t].seconds, kMoving);
    const cv::Rect2d expected = tracks_[t].box + tracks_[t].speed * away;
    for (std::size_t b = 0; b < boxes.size(); ++b) {
      const double shared = std::max(overlap(expected, cv::Rect2d(boxes[b])),
                                     overlap(tracks_[t].box, cv::Rect2d(boxes[b])));
      if (shared >= kLeastOverlap) pairs.emplace_back(-shared, t, b);
    }
  }
  std::ranges::sort(pairs);

  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> track_of(boxes.size(), kNone);
  std::vector<bool> taken(tracks_.size());
  for (const auto& [shared, t, b] : pairs) {
    if (taken[t] || track_of[b] != kNone) continue;
    taken[t] = true;
    track_of[b] = t;
  }
  std::vector<std::size_t> numbers;
  for (std::size_t b = 0; b < boxes.size(); ++b) {
    const cv::Rect2d box(boxes[b]);
    if (track_of[b] == kNone) {
      tracks_.push_back({count_++, box, {}, seconds});
      numbers.push_back(tracks_.back().number);
      continue;
    }
    Track& track = tracks_[track_of[b]];
    if (const double step = seconds - track.seconds; step > 0) {
      const cv::Point2d now = (middle(box) - middle(track.box)) / step;
      track.speed = track.speed * (1 - kNewest) + now * kNewest;
    }
    track.box = box;
    track.seconds = seconds;
    numbers.push_back(track.number);
  }
  return numbers;
}

}  // namespace aver
