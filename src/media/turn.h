#pragma once

#include <opencv2/core/mat.hpp>

namespace aver {

/// How a picture is brought upright: exchanged axes first, then mirrored ones.
struct Turn {
  bool transposed = false;
  bool mirrored_left_right = false;
  bool mirrored_top_bottom = false;

  bool operator==(const Turn&) const = default;
};

/// The picture upright; the given one stays as it is.
cv::Mat turned(const cv::Mat& picture, const Turn& turn);

}  // namespace aver
