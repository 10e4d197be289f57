#include "train/picture_input.h"

#include <opencv2/imgproc.hpp>

namespace aver {

std::vector<std::uint8_t> squeeze_picture(const cv::Mat& picture, int size) {
  cv::Mat squeezed;
  cv::resize(picture, squeezed, cv::Size(size, size), 0, 0, cv::INTER_LINEAR);
  const auto* begin = squeezed.ptr<std::uint8_t>();
  return {begin, begin + squeezed.total() * squeezed.elemSize()};
}

}  // namespace aver
