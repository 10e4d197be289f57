#pragma once

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

namespace aver {

/// How much of each pixel a polygon covers, exactly: every edge adds its signed area to the pixels
/// it crosses, a running sum along the row gives the inside. Overlaps count once.
class Coverage {
 public:
  /// `outline` in pixels, whole numbers being pixel centres; rows outside `height` are left out.
  Coverage(std::span<const cv::Point2d> outline, int height);

  /// Calls `visit(y, x, share)` for every pixel with a share above 0 and 0 <= x < width.
  template <typename Visit>
  void for_each(int width, Visit visit) const {
    for (int row = 0; row < rows_; ++row) {
      const float* line = area_.data() + static_cast<std::size_t>(row) * columns_;
      float sum = 0;
      for (int column = 0; column < columns_; ++column) {
        sum += line[column];
        const float share = std::min(1.0F, std::abs(sum));
        const int x = left_ + column;
        if (share > 1.0F / 512 && x >= 0 && x < width) visit(top_ + row, x, share);
      }
    }
  }

 private:
  void add_edge(cv::Point2d from, cv::Point2d to);
  void add_to_row(int row, double x0, double x1, double signed_height);

  int left_ = 0, top_ = 0, columns_ = 0, rows_ = 0;
  std::vector<float> area_;
};

}  // namespace aver
