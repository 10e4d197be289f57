#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "media/face_detector.h"
#include "media/face_options.h"

namespace aver {

// Pictures are cv::Mat of type CV_8UC3, channels in the order blue, green, red.

/// Finds the largest face of pictures with the detector that the options say. The same picture
/// gives the same box, whatever was looked at before. Not thread-safe: one per worker.
class FaceFinder {
 public:
  /// Throws Error as detector_file_of() does, and when that file is none that OpenCV reads.
  explicit FaceFinder(const FaceOptions& options);

  /// From forehead to chin, in pixels of `picture`: a square, less what would lie outside. Of
  /// equally large ones the topmost, then the leftmost. Nothing when none is found.
  std::optional<cv::Rect> largest(const cv::Mat& picture);
  /// All of them, the largest first.
  std::vector<cv::Rect> all(const cv::Mat& picture);

 private:
  std::unique_ptr<FaceDetector> detector_;
};

/// Crops the frames of a clip, taken in the order of showing, as the options say. One per worker.
class FaceCropper {
 public:
  /// Unless nothing is cropped loads the detector (some 10 ms). Throws Error when there is none.
  explicit FaceCropper(const FaceOptions& options);

  /// Forgets the last clip's box and counts.
  void start_clip();

  /// The face of the next frame of the clip, as a view into `picture`; nothing when the frame is to
  /// be left out. With FaceMode::none `picture` itself, and nothing is counted.
  std::optional<cv::Mat> crop(const cv::Mat& picture);

  /// crop() as a place in `picture`; the whole of a frame that is to be left out.
  cv::Rect box(const cv::Mat& picture);

  /// Since start_clip().
  const FaceCounts& counts() const { return counts_; }

 private:
  FaceOptions options_;
  std::optional<FaceFinder> finder_;
  std::optional<cv::Rect> last_box_;
  FaceCounts counts_;
};

}  // namespace aver
