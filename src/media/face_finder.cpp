#include "aver/media/face_finder.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <tuple>

#include "aver/base/error.h"

namespace aver {
namespace {

// Everything that decides what is found. Another value is another setting of the stage: folders and
// models made before would have to be told apart.

/// Pictures are searched in this size, pixels of the longer side: 480 finds what 1280 finds in a
/// tenth of the time.
constexpr int kSearchedSide = 480;
/// From one searched size of a face to the next.
constexpr double kScaleStep = 1.1;
/// Overlapping hits that make a face: OpenCV's 3 takes patterned clothes for faces now and then.
constexpr int kNeighbours = 5;
/// Share of the shorter side below which nothing is looked for: a face to read emotion from is near.
constexpr double kSmallestFace = 1.0 / 6.0;

/// Grey with the full range of brightness, as the cascade was trained on, and no larger than needed.
cv::Mat searched_picture(const cv::Mat& picture) {
  cv::Mat grey;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  const double scale =
      std::min(1.0, static_cast<double>(kSearchedSide) / std::max(grey.cols, grey.rows));
  if (scale < 1.0) cv::resize(grey, grey, cv::Size(), scale, scale, cv::INTER_AREA);
  cv::equalizeHist(grey, grey);
  return grey;
}

bool is_larger(const cv::Rect& a, const cv::Rect& b) {
  return std::tuple(-a.area(), a.y, a.x) < std::tuple(-b.area(), b.y, b.x);
}

cv::Rect scaled(const cv::Rect& box, double x, double y, const cv::Size& picture) {
  const cv::Rect whole({0, 0}, picture);
  return cv::Rect(cvRound(box.x * x), cvRound(box.y * y), cvRound(box.width * x),
                  cvRound(box.height * y)) &
         whole;
}

}  // namespace

struct FaceFinder::State {
  cv::CascadeClassifier cascade;
};

FaceFinder::FaceFinder(const fs::path& cascade) : state_(std::make_unique<State>()) {
  try {
    if (state_->cascade.load(cascade.string())) return;
  } catch (const cv::Exception&) {  // says where in OpenCV, not what is wrong
  }
  throw Error("{} is no Haar cascade that OpenCV reads", cascade.string());
}

FaceFinder::~FaceFinder() = default;
FaceFinder::FaceFinder(FaceFinder&&) noexcept = default;
FaceFinder& FaceFinder::operator=(FaceFinder&&) noexcept = default;

std::optional<cv::Rect> FaceFinder::largest(const cv::Mat& picture) {
  const cv::Mat searched = searched_picture(picture);
  const int smallest = cvRound(kSmallestFace * std::min(searched.cols, searched.rows));
  std::vector<cv::Rect> faces;
  state_->cascade.detectMultiScale(searched, faces, kScaleStep, kNeighbours, 0,
                                   cv::Size(smallest, smallest));
  if (faces.empty()) return std::nullopt;
  return scaled(*std::min_element(faces.begin(), faces.end(), is_larger),
                static_cast<double>(picture.cols) / searched.cols,
                static_cast<double>(picture.rows) / searched.rows, picture.size());
}

FaceCropper::FaceCropper(const FaceOptions& options) : options_(options) {
  if (options_.mode == FaceMode::haar) finder_.emplace(cascade_of(options_));
}

void FaceCropper::start_clip() {
  last_box_.reset();
  counts_ = {};
}

std::optional<cv::Mat> FaceCropper::crop(const cv::Mat& picture) {
  if (!finder_) return picture;
  if (const auto box = finder_->largest(picture)) {
    ++counts_.found;
    last_box_ = box;
    return picture(*box);
  }
  if (options_.without == WithoutFace::skip) {
    ++counts_.skipped;
    return std::nullopt;
  }
  // A clip whose frames change their size keeps no box that may lie outside.
  const cv::Rect whole({0, 0}, picture.size());
  if (options_.without == WithoutFace::previous && last_box_ && (*last_box_ & whole) == *last_box_) {
    ++counts_.previous;
    return picture(*last_box_);
  }
  ++counts_.whole;
  return picture;
}

}  // namespace aver
