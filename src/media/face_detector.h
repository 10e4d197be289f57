#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "base/files.h"

namespace aver {

/// One way to find faces in a picture (CV_8UC3, blue, green, red). The same picture gives the same
/// boxes, whatever was looked at before. Not thread-safe: one per worker. A new way is its function
/// here and a row of FaceMode.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;
  /// Every face from forehead to chin, in pixels of `picture`: a square, less what would lie
  /// outside. In no order.
  virtual std::vector<cv::Rect> find(const cv::Mat& picture) = 0;
};

/// OpenCV's Haar cascade (Viola and Jones 2001). What is smaller than a sixth of the picture's
/// shorter side is not looked for. Throws Error when the file is no cascade that OpenCV reads.
std::unique_ptr<FaceDetector> make_haar_detector(const fs::path& cascade);

/// YuNet (Wu, Peng and Yu 2023), from the network of OpenCV's model zoo,
/// face_detection_yunet_2023mar.onnx. Throws Error when the file is no such network.
std::unique_ptr<FaceDetector> make_yunet_detector(const fs::path& model);

/// A square around a box, which gains a share of its larger side all round, as far as the picture
/// reaches.
cv::Rect face_square(const cv::Rect2d& box, double margin, const cv::Size& picture);

}  // namespace aver
