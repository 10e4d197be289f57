#pragma once

#include <opencv2/core.hpp>
#include <string>

namespace aver {

/// What tells whether two pictures are equal: their size and a hash of their pixels. "" for one of
/// a single colour, which equals others without being a copy of them.
std::string picture_identity(const cv::Mat& picture);

}  // namespace aver
