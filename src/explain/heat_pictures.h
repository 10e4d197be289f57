#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "base/array.h"

namespace aver {

// CV_8UC3, pictures of a clip side by side.

/// Pixels of a side of each of them.
inline constexpr int kHeatSide = 192;

/// Those network pictures (size · size · 3 bytes each) that are `shown`, and below each what was
/// looked at in it: `places` [pictures, size, size], which `are_shares`, 0 … 1, or are shown as
/// shares of the largest.
cv::Mat faces_with_heat(const std::vector<std::vector<std::uint8_t>>& pictures,
                        const FloatArray& places, bool are_shares,
                        const std::vector<std::size_t>& shown);

/// Faces of aligned landmarks: of `features` the first 136 rows, [.., frames], in the frames that
/// are named. A point is the larger the more its two numbers had to do with the answer (`places`,
/// as the features, and others that were made of these numbers after them), orange where they spoke
/// for the class and blue where against it.
cv::Mat landmarks_with_heat(const FloatArray& features, const FloatArray& places,
                            const std::vector<std::size_t>& frames);

}  // namespace aver
