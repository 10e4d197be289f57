#include "media/face_detector.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace aver {

cv::Mat shrunk(const cv::Mat& picture, int longer_side) {
  const double shorter = std::min(picture.cols, picture.rows);
  double longer = std::max(picture.cols, picture.rows);
  // Two pictures side by side are shrunk no more than each alone would be.
  constexpr double kWidest = 1.8, kUsual = 16.0 / 9;
  if (longer > shorter * kWidest) longer = shorter * kUsual;
  const double scale = std::min(1.0, longer_side / longer);
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
