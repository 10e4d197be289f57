#include "media/face_finder.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <tuple>

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
  const double scale =
      std::min(1.0, static_cast<double>(kSearchedSide) / std::max(grey.cols, grey.rows));
  if (scale < 1.0) cv::resize(grey, grey, cv::Size(), scale, scale, cv::INTER_AREA);
  return grey;
}

bool is_larger(const cv::Rect& a, const cv::Rect& b) {
  return std::tuple(-a.area(), a.y, a.x) < std::tuple(-b.area(), b.y, b.x);
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
  return box_in(picture.size(), *std::min_element(faces.begin(), faces.end(), is_larger),
                searched.size());
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
  if (options_.without == WithoutFace::previous && last_box_ &&
      (*last_box_ & whole) == *last_box_) {
    ++counts_.previous;
    return picture(*last_box_);
  }
  ++counts_.whole;
  return picture;
}

}  // namespace aver
