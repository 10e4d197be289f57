#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace aver {

/// A CV_8UC3 picture as the visual network takes it: squeezed to size x size with
/// cv::resize(INTER_LINEAR), size · size · 3 bytes, row by row (HWC), blue, green, red.
std::vector<std::uint8_t> squeeze_picture(const cv::Mat& picture, int size);

}  // namespace aver
