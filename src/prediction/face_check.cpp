#include "prediction/face_check.h"

#include "base/error.h"

namespace aver {

// A face that is there is found in one of these pictures, or so rarely that it is worth a word.
static constexpr std::size_t kSearched = 5, kBetweenSearched = 6;

void FaceCheck::start_clip() {
  searched_ = 0;
  seen_ = false;
}

void FaceCheck::look(const cv::Mat& frame, std::size_t picture) {
  if (no_finder_ || seen_ || searched_ == kSearched || picture % kBetweenSearched != 0) return;
  if (!finder_) {
    try {
      finder_.emplace(FaceOptions{FaceMode::haar, WithoutFace::whole, {}});
    } catch (const Error&) {
      no_finder_ = true;
      return;
    }
  }
  ++searched_;
  seen_ = finder_->largest(frame).has_value();
}

}  // namespace aver
