#include "media/haar_detector.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "base/error.h"

namespace aver {
namespace {

// Everything that decides what is found and what is cut out. Another value is another setting of
// the stage: folders and models made before would have to be told apart.

/// Pictures are searched in this size, pixels of the longer side.
constexpr int kSearchedSide = 480;
/// The factor from one searched size of a face to the next. 1.2 takes half the time and loses
/// turned faces.
constexpr double kScaleStep = 1.1;
/// Overlapping hits that make a face. OpenCV's own 3 finds more that is none.
constexpr int kNeighbours = 5;
/// Share of the shorter side below which nothing is looked for: who shows an emotion to a camera is
/// near it, and small faces are what a search spends its time on.
constexpr double kSmallestFace = 1.0 / 6.0;
/// Share of its side that a box gains at each side. The cascade's own ends between lip and chin,
/// where an open mouth is cut off.
constexpr double kMargin = 0.1;

/// No larger than needed. Its brightness stays: the cascade evens it out by itself, and equalised
/// pictures of real clips took longer and lost faces.
cv::Mat searched_picture(const cv::Mat& picture) {
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  return shrunk(grey, kSearchedSide);
}

/// A found box in pixels of the picture, with its margin as far as the picture reaches.
cv::Rect box_in(const cv::Size& picture, const cv::Rect& found, const cv::Size& searched) {
  const double x = static_cast<double>(picture.width) / searched.width;
  const double y = static_cast<double>(picture.height) / searched.height;
  const double margin = kMargin * found.width;
  const cv::Point first(cvRound((found.x - margin) * x), cvRound((found.y - margin) * y));
  const cv::Point last(cvRound((found.x + found.width + margin) * x),
                       cvRound((found.y + found.height + margin) * y));
  return cv::Rect(first, last) & cv::Rect({0, 0}, picture);
}

class HaarDetector final : public FaceDetector {
 public:
  explicit HaarDetector(const fs::path& path) {
    try {
      if (cascade_.load(path.string())) return;
    } catch (const cv::Exception&) {  // says where in OpenCV, not what is wrong
    }
    throw Error("{} is no Haar cascade that OpenCV reads", path.string());
  }

  std::vector<cv::Rect> find(const cv::Mat& picture) override {
    const cv::Mat searched = searched_picture(picture);
    const int smallest = cvRound(kSmallestFace * std::min(searched.cols, searched.rows));
    std::vector<cv::Rect> faces;
    cascade_.detectMultiScale(searched, faces, kScaleStep, kNeighbours, 0,
                              cv::Size(smallest, smallest));
    for (cv::Rect& face : faces) face = box_in(picture.size(), face, searched.size());
    return faces;
  }

 private:
  cv::CascadeClassifier cascade_;
};

}  // namespace

std::unique_ptr<FaceDetector> make_haar_detector(const fs::path& cascade) {
  return std::make_unique<HaarDetector>(cascade);
}

}  // namespace aver
