#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "media/face_finder.h"

namespace aver {

/// Looks for a face in some pictures of a clip that are not cropped to faces, with OpenCV's cascade
/// of frontal ones; where this machine has none, in no picture. One per worker.
class FaceCheck {
 public:
  void start_clip();
  /// A picture of the clip, by its number among those that are looked at.
  void look(const cv::Mat& frame, std::size_t picture);
  /// Whether pictures of this clip were searched, and none showed a face.
  bool none_seen() const { return searched_ > 0 && !seen_; }

 private:
  std::optional<FaceFinder> finder_;  ///< there once a picture was searched
  bool no_finder_ = false;            ///< this machine has none
  std::size_t searched_ = 0;          ///< pictures of this clip
  bool seen_ = false;
};

}  // namespace aver
