#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace aver {
namespace {

constexpr double kStripWidth = 192, kStripHeight = 24, kStripRoom = 10;

// Lines reach into the padding of table cells, so that they run down the column in one.
constexpr double kStripReach = 12;

std::string line(double x1, double y1, double x2, double y2, std::string_view kind) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", kind,
                     x1, y1, x2, y2);
}

std::string words(double x, double y, std::string_view anchor, const std::string& text) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor,
                     Html(text).str());
}

/// Draws the mark of a series behind the third one: a triangle, up or down, or a cross.
std::string further_mark(std::size_t series, double x, double y, double radius) {
  const std::size_t shape = (series - 3) % 3;
  if (shape < 2) {
    const double side = shape == 0 ? 1.35 * radius : -1.35 * radius;
    return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z"/>)", x,
                       y - .95 * side, side, 1.7 * side, -2 * side);
  }
  const double arm = .8 * radius;
  return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}{}"/>)", x - arm / 2, y - 1.5 * arm,
                     fmt::format("h{0:.1f}v{0:.1f}h{0:.1f}v{0:.1f}h-{0:.1f}v{0:.1f}h-{0:.1f}"
                                 "v-{0:.1f}h-{0:.1f}v-{0:.1f}h{0:.1f}z",
                                 arm));
}

/// Markers have about equal area whatever their shape.
std::string mark(std::size_t series, double x, double y, double radius) {
  if (series == 0) {
    return fmt::format(R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>)", x, y,
                       radius);
  }
  if (series == 1) {
    const double half = .89 * radius;
    return fmt::format(
        R"(<rect class="mark" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", x - half,
        y - half, 2 * half, 2 * half);
  }
  if (series > 2) return further_mark(series, x, y, radius);
  const double half = 1.3 * radius;
  return fmt::format(
      R"(<path class="mark" d="M{:.1f} {:.1f}l{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}z"/>)", x,
      y - half, half, half, -half, half, -half, -half);
}

std::string in_series(std::size_t series, const std::string& content) {
  return fmt::format(R"(<g class="series-{}">{}</g>)", series, content);
}

/// A number with a real minus, and a plus on request.
std::string percent_text(double share, bool sign = false) {
  const double value = std::abs(100 * share);
  const int digits = std::abs(value - std::round(value)) < 1e-6 ? 0 : 1;
  const std::string text = fmt::format("{:.{}f}", value, digits);
  if (value < 1e-9) return text;
  return (share < 0 ? "−" : sign ? "+" : "") + text;
}

Html chart(double width, double height, std::string_view kind, const std::string& label,
           const std::string& content) {
  return Html::markup(fmt::format(
      "<svg class=\"{}\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n"
      "{}</svg>\n",
      kind, width, height, Html(label).str(), content));
}

/// An arrow at an end of a strip says that the value lies farther out.
std::string arrow(bool right, double y) {
  const double tip = right ? kStripWidth - 1 : 1, back = right ? -8 : 8;
  return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}l{:.1f} -5v10z"/>)", tip, y, back);
}

Html strip_drawing(const std::string& content) {
  return Html::markup(fmt::format(R"(<svg viewBox="0 0 {:.0f} {:.0f}" aria-hidden="true">{}</svg>)",
                                  kStripWidth, kStripHeight, content));
}

/// Grid, tick marks and names of both axes.
std::string frame(const SvgScale& x, const SvgScale& y, const std::string& x_label,
                  const std::string& y_label) {
  std::string text;
  for (const double tick : y.ticks()) {
    text += line(x.from, y.at(tick), x.to, y.at(tick), "grid");
    text += words(x.from - 6, y.at(tick) + 4, "end", percent_text(tick));
  }
  for (const double tick : x.ticks()) {
    text += line(x.at(tick), y.from, x.at(tick), y.to, "grid");
    text += words(x.at(tick), y.from + 16, "middle", percent_text(tick));
  }
  text += line(x.from, y.from, x.to, y.from, "axis") + line(x.from, y.from, x.from, y.to, "axis");
  text += words((x.from + x.to) / 2, y.from + 34, "middle", x_label);
  return text + words(x.from - 34, y.to - 10, "start", y_label) + "\n";
}

double step_for(double span, int most_steps) {
  for (const double step : {.005, .01, .02, .05, .1, .2, .25}) {
    if (span <= step * most_steps + 1e-9) return step;
  }
  return .5;
}

}  // namespace

double SvgScale::at(double value) const {
  return from + (value - low) / (high - low) * (to - from);
}

std::vector<double> SvgScale::ticks() const {
  std::vector<double> result;
  for (int i = static_cast<int>(std::ceil(low / step - 1e-6)); i * step <= high + 1e-9; ++i) {
    result.push_back(i * step);
  }
  return result;
}

SvgScale strip_scale(const std::vector<double>& values, double least, double most) {
  SvgScale scale{least, most, kStripRoom, kStripWidth - kStripRoom, .25};
  if (values.empty()) return scale;
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  scale.step = step_for(*highest - *lowest, 5);
  scale.low = std::max(least, scale.step * std::floor(*lowest / scale.step + 1e-9));
  scale.high = std::min(most, scale.step * std::ceil(*highest / scale.step - 1e-9));
  if (scale.high - scale.low < 2 * scale.step) {  // all values are one
    scale.low = std::max(least, scale.low - scale.step);
    scale.high = std::min(most, scale.high + scale.step);
  }
  return scale;
}

Html strip(const SvgScale& scale, const std::vector<StripMark>& marks) {
  std::string content;
  for (const double tick : scale.ticks()) {
    const bool zero = std::abs(tick) < 1e-9 && scale.low < 0;
    content += line(scale.at(tick), -kStripReach, scale.at(tick), kStripHeight + kStripReach,
                    zero ? "axis" : "grid");
  }
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const StripMark& one = marks[i];
    const double lane = static_cast<double>(i) - static_cast<double>(marks.size() - 1) / 2;
    const double apart = marks.size() > 3 ? 21. / static_cast<double>(marks.size() - 1) : 7;
    const double y = kStripHeight / 2 + apart * lane;
    const double radius = marks.size() > 1 ? std::clamp(.58 * apart, 3.2, 4.) : 5;
    if (one.value < scale.low || one.value > scale.high) {
      content += in_series(one.series, arrow(one.value > scale.high, y));
      continue;
    }
    std::string drawn;
    if (one.interval) {
      const auto end = [&](double value) {
        return scale.at(std::clamp(value, scale.low, scale.high));
      };
      drawn += line(end(one.interval->low), y, end(one.interval->high), y, "reach");
    }
    content += in_series(one.series, drawn + mark(one.series, scale.at(one.value), y, radius));
  }
  return strip_drawing(content);
}

Html strip_axis(const SvgScale& scale, bool sign) {
  std::string content;
  for (const double tick : scale.ticks()) {
    content += words(scale.at(tick), kStripHeight - 7, "middle", percent_text(tick, sign));
  }
  return strip_drawing(content);
}

Html series_key(std::size_t series) {
  return Html::markup(R"(<svg viewBox="0 0 44 18" aria-hidden="true">)" +
                      in_series(series, line(0, 9, 44, 9, "curve") + mark(series, 22, 9, 5.5)) +
                      "</svg>");
}

std::string series_style(std::size_t series) {
  struct Look {
    const char *light, *dark, *dashes;
  };
  static constexpr std::array<Look, 5> kLooks = {{{"#7b3fa0", "#c79bec", "2 3"},
                                                  {"#8a6100", "#e3c04a", "10 3 2 3"},
                                                  {"#b0206b", "#f58fc4", "5 2"},
                                                  {"#4a5560", "#b9c3cc", "12 4"},
                                                  {"#2a6f2a", "#8fd18f", "1 3"}}};
  std::string light, dark;
  for (std::size_t i = 3; i < series; ++i) {
    const Look& look = kLooks[(i - 3) % kLooks.size()];
    light += fmt::format("svg .series-{} {{ --tone: {}; stroke-dasharray: {}; }}\n", i, look.light,
                         look.dashes);
    dark += fmt::format("  svg .series-{} {{ --tone: {}; }}\n", i, look.dark);
  }
  if (light.empty()) return "";
  return light + "@media screen and (prefers-color-scheme: dark) {\n" + dark + "}\n";
}

Html reliability_chart(const std::vector<CalibrationBin>& bins, std::size_t series,
                       const std::string& label) {
  const SvgScale x{0, 1, 40, 286, .25}, y{0, 1, 276, 26, .25};
  std::string content = frame(x, y, "confidence, %", "accuracy, %");
  content += line(x.at(0), y.at(0), x.at(1), y.at(1), "ideal");
  std::size_t most = 1;
  for (const CalibrationBin& bin : bins) most = std::max(most, bin.count);
  std::string gaps, marks;
  for (const CalibrationBin& bin : bins) {
    if (bin.count == 0) continue;
    const double at = x.at(bin.mean_confidence);
    const double share = static_cast<double>(bin.count) / static_cast<double>(most);
    gaps += line(at, y.at(bin.mean_confidence), at, y.at(bin.accuracy), "gap");
    marks += mark(series, at, y.at(bin.accuracy), 3 + 6 * std::sqrt(share));
  }
  return chart(300, 316, "chart", label, content + in_series(series, gaps + marks) + "\n");
}

Html curve_chart(const std::vector<Curve>& curves, const std::string& x_label,
                 const std::string& y_label, const std::string& label) {
  double highest = 0;
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve.points) highest = std::max(highest, y);
  }
  SvgScale x{0, 1, 40, 366, .2}, y{0, 1, 246, 26, .2};
  y.step = step_for(highest, 6);
  y.high = std::min(1., y.step * std::max(1., std::ceil(highest / y.step - 1e-9)));
  std::string content = frame(x, y, x_label, y_label);
  for (const Curve& curve : curves) {
    std::string path;
    for (const auto& [px, py] : curve.points) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x.at(px), y.at(py));
    }
    if (path.empty()) continue;
    std::string drawn = fmt::format(R"(<path class="curve" d="{}"/>)", path);
    const auto& [px, py] = curve.points.back();
    drawn += mark(curve.series, x.at(px), y.at(py), 5);
    content += in_series(curve.series, drawn) + "\n";
  }
  return chart(380, 286, "chart wide", label, content);
}

}  // namespace aver
