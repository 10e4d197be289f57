#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aver {

/// A clip as a program holds it that has decoded it, or recorded it, itself: samples, pictures, or
/// both, the first of each at the same moment. What it points to must outlive the call.
struct RawClip {
  std::string name = "the clip";  ///< what errors and the answer call it

  /// Of all channels in turn, full scale is [-1, 1): 16-bit samples are value / 32768.
  std::span<const float> samples = {};
  int channels = 1;
  int sample_rate_hz = 0;

  /// Each `height` rows of `width` pixels of three bytes: blue, green, red.
  std::vector<const std::uint8_t*> pictures = {};
  int width = 0;
  int height = 0;
  std::size_t row_bytes = 0;  ///< from row to row; 0 = 3 · width
  double pictures_per_second = 0;
};

}  // namespace aver
