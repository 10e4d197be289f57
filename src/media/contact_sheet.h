#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace aver {

/// One picture of a sheet and the line below it.
struct SheetCell {
  cv::Mat picture;  ///< CV_8UC3
  std::string caption;
};

/// Lays pictures out in rows of `columns`, each `cell_width` pixels wide with its own aspect, below
/// a heading, black on white. Throws Error without pictures.
cv::Mat draw_contact_sheet(const std::string& heading, const std::vector<SheetCell>& cells,
                           int columns, int cell_width = 240);

}  // namespace aver
