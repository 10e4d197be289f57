#include "media/face_finder.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "media/haar_detector.h"
#include "media/yunet_detector.h"

namespace aver {
namespace {

bool is_larger(const cv::Rect& a, const cv::Rect& b) {
  return std::tuple(-a.area(), a.y, a.x) < std::tuple(-b.area(), b.y, b.x);
}

}  // namespace

static std::unique_ptr<FaceDetector> make_detector(const FaceOptions& options) {
  const fs::path file = detector_file_of(options);
  return options.mode == FaceMode::yunet ? make_yunet_detector(file) : make_haar_detector(file);
}

FaceFinder::FaceFinder(const FaceOptions& options) : detector_(make_detector(options)) {}

std::optional<cv::Rect> FaceFinder::largest(const cv::Mat& picture) {
  const auto faces = detector_->find(picture);
  if (faces.empty()) return std::nullopt;
  return *std::min_element(faces.begin(), faces.end(), is_larger);
}

std::vector<cv::Rect> FaceFinder::all(const cv::Mat& picture) {
  auto faces = detector_->find(picture);
  std::ranges::sort(faces, is_larger);
  return faces;
}

FaceCropper::FaceCropper(const FaceOptions& options) : options_(options) {
  if (options_.mode != FaceMode::none) finder_.emplace(options_);
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

cv::Rect FaceCropper::box(const cv::Mat& picture) {
  const auto face = crop(picture);
  if (!face) return {{0, 0}, picture.size()};
  cv::Point corner;
  cv::Size whole;
  face->locateROI(whole, corner);
  return {corner, face->size()};
}

}  // namespace aver
