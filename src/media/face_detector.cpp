#include "media/face_detector.h"

#include <algorithm>
#include <opencv2/core.hpp>

namespace aver {

cv::Rect face_square(const cv::Rect2d& box, double margin, const cv::Size& picture) {
  const double half = std::max(box.width, box.height) * (0.5 + margin);
  const double x = box.x + box.width / 2, y = box.y + box.height / 2;
  // Within what whole numbers hold, wherever a detector puts it.
  const auto whole = [](double value) { return cvRound(std::clamp(value, -1e6, 1e6)); };
  const cv::Point first(whole(x - half), whole(y - half)), last(whole(x + half), whole(y + half));
  return cv::Rect(first, last) & cv::Rect({0, 0}, picture);
}

}  // namespace aver
