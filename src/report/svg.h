#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/significance.h"
#include "report/html.h"

namespace aver {

// Charts inside a page of html_page(), whose style sheet colours them for light, dark and print.
// Series are numbers from 0. The style sheet holds the first three: circle, square and diamond;
// full, dashed and full lines. A page with more adds series_style(); triangles and crosses follow,
// and from the ninth on shapes and colours repeat.

/// A scale from data to units of a drawing.
struct SvgScale {
  double low = 0, high = 1;  ///< of the data
  double from = 0, to = 1;   ///< where they lie in the drawing
  double step = .25;         ///< between tick marks, which are multiples of it
  double at(double value) const;
  std::vector<double> ticks() const;
};

/// A scale for table cells that holds all these values with some room, ends at tick marks and has
/// four to eight steps. `least` and `most` bound it: 0 and 1 for shares.
SvgScale strip_scale(const std::vector<double>& values, double least = 0, double most = 1);

/// A value of one series in a strip, with or without its interval.
struct StripMark {
  std::size_t series = 0;
  double value = 0;
  std::optional<Interval> interval;
};
/// One row of a dot-and-whisker plot that runs down a column of a table; several marks stand one
/// below the other, and an arrow points to one beyond the scale. The numbers stand in other cells
/// of the row, so screen readers are spared it.
Html strip(const SvgScale& scale, const std::vector<StripMark>& marks);
/// Its scale, in percent, for the head of the column; `sign` writes +5 rather than 5.
Html strip_axis(const SvgScale& scale, bool sign = false);

/// Mark and line of a series, for a legend.
Html series_key(std::size_t series);

/// What the style sheet of a page with this many series lacks; "" up to three.
std::string series_style(std::size_t series);

/// Accuracy over confidence: one mark per bin with answers, larger where there are more, with the
/// gap to the diagonal, where confidence is right. `label` says in words what it shows.
Html reliability_chart(const std::vector<CalibrationBin>& bins, std::size_t series,
                       const std::string& label);

/// A line per series through points with x from 0 to 1 and y from 0 up, both shares.
struct Curve {
  std::size_t series = 0;
  std::vector<std::pair<double, double>> points;
};
Html curve_chart(const std::vector<Curve>& curves, const std::string& x_label,
                 const std::string& y_label, const std::string& label);

}  // namespace aver
