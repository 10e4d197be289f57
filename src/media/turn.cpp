#include "media/turn.h"

#include <opencv2/core.hpp>

namespace aver {

cv::Mat turned(const cv::Mat& picture, const Turn& turn) {
  cv::Mat upright;  // of its own: one of as many rows as columns would be exchanged in place
  if (turn.transposed) {
    cv::transpose(picture, upright);
  } else {
    upright = picture;
  }
  if (!turn.mirrored_left_right && !turn.mirrored_top_bottom) return upright;
  const int both = -1, left_right = 1, top_bottom = 0;
  cv::Mat mirrored;
  cv::flip(upright, mirrored,
           !turn.mirrored_top_bottom   ? left_right
           : !turn.mirrored_left_right ? top_bottom
                                       : both);
  return mirrored;
}

}  // namespace aver
