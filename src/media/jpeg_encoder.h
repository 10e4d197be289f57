#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace aver {

/// Baseline JPEG with chroma halved in both directions (4:2:0), full range, as cv2.imwrite makes
/// it. `quality` is 1 … 100. A grey picture (CV_8UC1) makes a grey JPEG. Throws Error for others.
std::vector<std::byte> encode_jpeg(const cv::Mat& picture, int quality = 95);

}  // namespace aver
