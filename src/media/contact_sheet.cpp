#include "media/contact_sheet.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "base/error.h"

namespace aver {
namespace {

constexpr int kMargin = 16;
constexpr int kGap = 12;
constexpr int kHeadingHeight = 44;
constexpr int kCaptionHeight = 26;
const cv::Scalar kInk(32, 32, 32);
const cv::Scalar kFaintInk(110, 110, 110);
const cv::Scalar kLine(200, 200, 200);
const cv::Scalar kPaper(255, 255, 255);

/// Text whose size is chosen so that it is at most `width` wide.
void put_text(cv::Mat& sheet, const std::string& text, cv::Point baseline, double scale, int width,
              const cv::Scalar& ink) {
  int below = 0;
  const int wanted = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, 1, &below).width;
  const double fitted = wanted > width ? scale * width / wanted : scale;
  cv::putText(sheet, text, baseline, cv::FONT_HERSHEY_SIMPLEX, fitted, ink, 1, cv::LINE_AA);
}

}  // namespace

cv::Mat draw_contact_sheet(const std::string& heading, const std::vector<SheetCell>& cells,
                           int columns, int cell_width) {
  if (cells.empty()) throw Error("a contact sheet needs at least one picture");
  int cell_height = 0;
  for (const auto& cell : cells) {
    cell_height = std::max(cell_height, cell.picture.rows * cell_width / cell.picture.cols);
  }
  const int count = static_cast<int>(cells.size());
  columns = std::clamp(columns, 1, count);
  const int rows = (count + columns - 1) / columns;
  const int step_x = cell_width + kGap;
  const int step_y = cell_height + kCaptionHeight + kGap;
  const int width = 2 * kMargin + columns * step_x - kGap;
  cv::Mat sheet(2 * kMargin + kHeadingHeight + rows * step_y - kGap, width, CV_8UC3, kPaper);
  put_text(sheet, heading, {kMargin, kMargin + 22}, 0.7, width - 2 * kMargin, kInk);

  for (int i = 0; i < count; ++i) {
    const cv::Mat& picture = cells[static_cast<std::size_t>(i)].picture;
    const cv::Size size(cell_width, std::max(1, picture.rows * cell_width / picture.cols));
    const cv::Point corner(kMargin + i % columns * step_x,
                           kMargin + kHeadingHeight + i / columns * step_y);
    cv::Mat cell = sheet(cv::Rect(corner, size));
    cv::resize(picture, cell, size, 0, 0,
               picture.cols > cell_width ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::rectangle(sheet, cv::Rect(corner - cv::Point(1, 1), size + cv::Size(2, 2)), kLine);
    put_text(sheet, cells[static_cast<std::size_t>(i)].caption,
             {corner.x + 2, corner.y + cell_height + 18}, 0.45, cell_width - 4, kFaintInk);
  }
  return sheet;
}

}  // namespace aver
