#include "synthesis/coverage.h"

namespace aver {

Coverage::Coverage(std::span<const cv::Point2d> outline, int height) {
  if (outline.size() < 3) return;
  cv::Point2d low = outline[0], high = outline[0];
  for (const auto& p : outline) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  left_ = static_cast<int>(std::floor(low.x + .5));
  top_ = std::max(0, static_cast<int>(std::floor(low.y + .5)));
  rows_ = std::min(height, static_cast<int>(std::floor(high.y + .5)) + 1) - top_;
  if (rows_ <= 0) {
    rows_ = 0;
    return;
  }
  columns_ = static_cast<int>(std::floor(high.x + .5)) - left_ + 3;
  area_.assign(static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_), 0.0F);
  const cv::Point2d corner(left_ - .5, top_ - .5);
  for (std::size_t i = 0; i < outline.size(); ++i) {
    add_edge(outline[i] - corner, outline[(i + 1) % outline.size()] - corner);
  }
}

void Coverage::add_edge(cv::Point2d from, cv::Point2d to) {
  if (from.y == to.y) return;
  const double direction = from.y < to.y ? 1 : -1;
  if (direction < 0) std::swap(from, to);
  const double slope = (to.x - from.x) / (to.y - from.y);
  double y = from.y;
  double x = from.x;
  if (y < 0) {
    x -= y * slope;
    y = 0;
  }
  for (int row = static_cast<int>(y); row < rows_ && y < to.y; ++row) {
    const double next_y = std::min(row + 1.0, to.y);
    const double next_x = x + slope * (next_y - y);
    add_to_row(row, std::min(x, next_x), std::max(x, next_x), direction * (next_y - y));
    x = next_x;
    y = next_y;
  }
}

// An edge that spans x0 … x1 within one row: what lies right of it is inside.
void Coverage::add_to_row(int row, double x0, double x1, double signed_height) {
  float* line = area_.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_);
  const int first = static_cast<int>(x0);
  const int last = static_cast<int>(x1);
  if (first == last) {
    const double right = 1 - (.5 * (x0 + x1) - first);
    line[first] += static_cast<float>(signed_height * right);
    line[first + 1] += static_cast<float>(signed_height * (1 - right));
    return;
  }
  // Share of the edge left of x, and the area right of it up to x: both grow pixel by pixel.
  const double width = x1 - x0;
  double inside_before = 0;
  for (int column = first; column <= last; ++column) {
    const double a = std::max(x0, double(column)), b = std::min(x1, column + 1.0);
    const double rise = (b - a) / width;     // of the edge within this pixel
    const double passed = (a - x0) / width;  // of the edge left of it
    const double inside = passed + rise * (column + 1.0 - .5 * (a + b));
    line[column] += static_cast<float>(signed_height * (inside - inside_before));
    inside_before = inside;
  }
  line[last + 1] += static_cast<float>(signed_height * (1 - inside_before));
}

}  // namespace aver
