#include "media/face_detector.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace aver {

cv::Mat shrunk(const cv::Mat& picture, int longer_side) {
  const double scale =
      std::min(1.0, static_cast<double>(longer_side) / std::max(picture.cols, picture.rows));
  if (scale == 1.0) return picture;
  cv::Mat small;
  cv::resize(picture, small, cv::Size(), scale, scale, cv::INTER_AREA);
  return small;
}

cv::Rect face_square(const cv::Rect2d& box, double margin, const cv::Size& picture) {
  const double half = std::max(box.width, box.height) * (0.5 + margin);
  const double x = box.x + box.width / 2, y = box.y + box.height / 2;
  // Within what whole numbers hold, wherever a detector puts it.
  const auto whole = [](double value) { return cvRound(std::clamp(value, -1e6, 1e6)); };
  const cv::Point first(whole(x - half), whole(y - half)), last(whole(x + half), whole(y + half));
  return cv::Rect(first, last) & cv::Rect({0, 0}, picture);
}

}  // namespace aver
