#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

namespace aver {

/// One way to find faces in a picture (CV_8UC3, blue, green, red). The same picture gives the same
/// boxes, whatever was looked at before. Not thread-safe: one per worker. A new way is its files
/// and a row of FaceMode.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;
  /// Every face from forehead to chin, in pixels of `picture`: a square, less what would lie
  /// outside. In no order.
  virtual std::vector<cv::Rect> find(const cv::Mat& picture) = 0;
};

/// A picture whose longer side is no longer than that, in pixels.
cv::Mat shrunk(const cv::Mat& picture, int longer_side);

/// A square around a box, which gains a share of its larger side all round, as far as the picture
/// reaches.
cv::Rect face_square(const cv::Rect2d& box, double margin, const cv::Size& picture);

}  // namespace aver
