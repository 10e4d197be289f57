#pragma once

#include <opencv2/core.hpp>
#include <string_view>

namespace aver {

/// The EXIF orientation of a WebP picture, which OpenCV passes over: 1 (upright) to 8; 1 for other
/// files and where it is not said.
int webp_orientation(std::string_view bytes);

/// A picture turned upright from an orientation of 1 to 8 (EXIF 2.32, tag 274).
cv::Mat turned_upright(const cv::Mat& picture, int orientation);

}  // namespace aver
