#pragma once

#include <cstddef>
#include <opencv2/core/types.hpp>
#include <vector>

namespace aver {

/// Follows faces from picture to picture by overlap and motion alone: a box belongs to the track
/// whose last box, moved on as it moved before, it overlaps most. Says nothing of whose face it is:
/// one that was away for longer than `kAbsence` comes back as another track.
class FaceTracker {
 public:
  /// Seconds for which a track is kept that shows no face.
  static constexpr double kAbsence = 1.5;

  /// For each face of the next picture, shown at `seconds`, the number of its track; they count
  /// from 0 as tracks begin.
  std::vector<std::size_t> follow(const std::vector<cv::Rect>& boxes, double seconds);

 private:
  struct Track {
    std::size_t number;
    cv::Rect2d box;
    cv::Point2d speed;  ///< pixels per second
    double seconds;     ///< when it was seen last
  };
  std::vector<Track> tracks_;
  std::size_t count_ = 0;
};

}  // namespace aver
