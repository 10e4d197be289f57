#include "features/feature_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "features/indexed_png.h"

namespace aver {
namespace {

constexpr int kLeft = FeaturePainter::kLeft, kPlotWidth = FeaturePainter::kPlotWidth;
constexpr int kCurveTop = 42, kCurveHeight = 62;
constexpr int kMapTop = 116, kMapTopWithoutCurve = 42, kMapBottom = 384;
constexpr int kBarLeft = 874, kBarWidth = 18, kBarPoint = 14;
constexpr int kTick = 5;
constexpr int kLeastDistance = 18;  // between two words of an axis

constexpr double kTextSize = 0.5, kTitleSize = 0.6;  // of OpenCV's vector font

// The picture is one byte a pixel, an index into this palette: the colour map, then from white to
// full the colours of what is drawn smoothly on white.
constexpr int kLevels = 176, kInkSteps = 47, kCurveSteps = 32;
constexpr int kInkFirst = kLevels, kCurveFirst = kInkFirst + kInkSteps;
constexpr int kGrid = kCurveFirst + kCurveSteps;
constexpr int kWhite = kInkFirst, kInk = kInkFirst + kInkSteps - 1;
constexpr Colour kInkColour = {45, 50, 60}, kCurveColour = {59, 82, 140};
constexpr Colour kGridColour = {228, 228, 228};
static_assert(kGrid < 256);

constexpr int kSubpixelBits = 4;

/// The colours from low to high values.
struct Range {
  double low = 0;
  double high = 1;
  double position(double value) const { return (value - low) / (high - low); }
};

/// Round values (1, 2 or 5 times a power of ten apart) within the range, at most `most` of them.
std::vector<double> round_ticks(Range range, int most) {
  const double rough = (range.high - range.low) / most;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double i = std::ceil(range.low / step); i * step <= range.high + 1e-9 * step; ++i) {
    ticks.push_back(i * step + 0.0);  // + 0.0: no "-0"
  }
  return ticks;
}

Range widened(double low, double high, double least = 1e-3) {
  return high - low < least ? Range{low - 1, high + 1} : Range{low, high};
}

/// The range without the highest and the lowest hundredth: single cells must not take the contrast
/// of all.
Range middle_range(std::vector<float> values, double least) {
  std::erase_if(values, [](float value) { return std::isnan(value); });
  if (values.empty()) return {};
  const std::size_t cut = values.size() / 100;
  const auto low = values.begin() + static_cast<std::ptrdiff_t>(cut);
  std::nth_element(values.begin(), low, values.end());
  const double lowest = *low;
  const auto high = values.end() - 1 - static_cast<std::ptrdiff_t>(cut);
  std::nth_element(values.begin(), high, values.end());
  return widened(lowest, *high, least);
}

enum class Align { left, centre, right };

/// From blue over almost white to red.
std::vector<Colour> two_sided_levels() {
  constexpr Colour kBelow = {33, 102, 172}, kNothing = {247, 247, 247}, kAbove = {178, 24, 43};
  std::vector<Colour> levels;
  for (int i = 0; i < kLevels; ++i) {
    const double place = 2.0 * i / (kLevels - 1) - 1;
    const Colour& end = place < 0 ? kBelow : kAbove;
    Colour colour{};
    for (std::size_t c = 0; c < colour.size(); ++c) {
      colour[c] = static_cast<std::uint8_t>(
          std::lround(kNothing[c] + std::abs(place) * (end[c] - kNothing[c])));
    }
    levels.push_back(colour);
  }
  return levels;
}

std::vector<Colour> viridis_levels() {
  std::vector<Colour> palette;
  cv::Mat levels(1, kLevels, CV_8UC1), colours;
  for (int i = 0; i < kLevels; ++i) {
    levels.at<std::uint8_t>(i) = static_cast<std::uint8_t>(255 * i / (kLevels - 1));
  }
  cv::applyColorMap(levels, colours, cv::COLORMAP_VIRIDIS);
  for (int i = 0; i < kLevels; ++i) {
    const auto bgr = colours.at<cv::Vec3b>(i);
    palette.push_back({bgr[2], bgr[1], bgr[0]});
  }
  return palette;
}

std::vector<Colour> make_palette(std::vector<Colour> palette) {
  const auto add_ramp = [&](const Colour& full, int steps) {
    for (int i = 0; i < steps; ++i) {
      Colour colour{};
      for (std::size_t c = 0; c < colour.size(); ++c) {
        colour[c] = static_cast<std::uint8_t>(255 + (full[c] - 255) * i / (steps - 1));
      }
      palette.push_back(colour);
    }
  };
  add_ramp(kInkColour, kInkSteps);
  add_ramp(kCurveColour, kCurveSteps);
  palette.push_back(kGridColour);
  return palette;
}

std::uint8_t level_of(double position) {
  if (std::isnan(position)) return kGrid;  // nothing is there
  return static_cast<std::uint8_t>(std::lround(std::clamp(position, 0.0, 1.0) * (kLevels - 1)));
}

/// Index of a colour of `steps` steps from `first` that covers white by `coverage` of 255.
std::uint8_t covering(int first, int steps, int coverage) {
  return static_cast<std::uint8_t>(first + (coverage * (steps - 1) + 127) / 255);
}

/// Round row numbers, the first among them.
std::vector<RowAxis::Mark> numbered_rows(std::size_t first, std::size_t last) {
  std::vector<double> ticks =
      round_ticks({static_cast<double>(first), static_cast<double>(last)}, 8);
  if (ticks.empty() || ticks.front() > static_cast<double>(first)) {
    ticks.insert(ticks.begin(), static_cast<double>(first));
  }
  std::vector<RowAxis::Mark> marks;
  for (const double tick : ticks) {
    if (tick == std::floor(tick)) marks.push_back({tick, fmt::format("{:g}", tick)});
  }
  return marks;
}

constexpr std::size_t kMostLabels = 100;  // the axes need a few dozen

}  // namespace

struct FeaturePainter::State {
  const std::vector<Colour> palette = make_palette(viridis_levels());
  const std::vector<Colour> two_sided = make_palette(two_sided_levels());
  cv::Mat canvas = cv::Mat(kHeight, kWidth, CV_8UC1);
  std::map<std::string, cv::Mat> labels;  ///< coverage, 0 … 255
  int map_top = kMapTop;
  int map_height = kMapBottom - kMapTop;

  void text(const std::string& words, cv::Point anchor, Align align, double size = kTextSize,
            bool upright = false);
  const cv::Mat& label(const std::string& words, double size, bool upright);
  template <typename Draw>
  void draw_smoothly(cv::Rect area, int first, int steps, Draw draw);
  void frame(cv::Rect area);
  void heat_map(const FloatArray& features, std::size_t first, std::size_t end, Range range);
  void curve(std::span<const float> values);
  void colour_bar(Range range, const std::string& unit);
  void time_axis(double seconds, bool in_frames);
  void row_axis(const RowAxis& axis, std::size_t first, std::size_t last);
};

/// OpenCV's font is drawn in strokes: four times too large and shrunk it comes out smooth.
const cv::Mat& FeaturePainter::State::label(const std::string& words, double size, bool upright) {
  const std::string key = fmt::format("{}{}{}", upright, size, words);
  if (const auto found = labels.find(key); found != labels.end()) {
    return found->second;
  }
  constexpr int kOversampling = 4, kFont = cv::FONT_HERSHEY_SIMPLEX;
  const int stroke = size > kTextSize ? 6 : 5;
  int below = 0;
  const cv::Size extent = cv::getTextSize(words, kFont, size * kOversampling, stroke, &below);
  const int margin = 2 * kOversampling;
  const auto whole = [](int value) { return (value + kOversampling - 1) / kOversampling; };
  cv::Mat large = cv::Mat::zeros(whole(extent.height + below + 2 * margin) * kOversampling,
                                 whole(extent.width + 2 * margin) * kOversampling, CV_8UC1);
  cv::putText(large, words, {margin, margin + extent.height}, kFont, size * kOversampling, 255,
              stroke, cv::LINE_8);
  cv::Mat small;
  cv::resize(large, small, {large.cols / kOversampling, large.rows / kOversampling}, 0, 0,
             cv::INTER_AREA);
  if (upright) {
    cv::rotate(small, small, cv::ROTATE_90_COUNTERCLOCKWISE);
  }
  if (labels.size() >= kMostLabels) labels.clear();  // every clip brings a title of its own
  return labels[key] = small;
}

/// `anchor` is the middle of the text's height (of its width when upright).
void FeaturePainter::State::text(const std::string& words, cv::Point anchor, Align align,
                                 double size, bool upright) {
  const cv::Mat& coverage = label(words, size, upright);
  const int shift = align == Align::left     ? 0
                    : align == Align::centre ? coverage.cols / 2
                                             : coverage.cols;
  const cv::Rect target(anchor.x - shift, anchor.y - coverage.rows / 2, coverage.cols,
                        coverage.rows);
  const cv::Rect seen = target & cv::Rect(0, 0, kWidth, kHeight);
  for (int y = seen.y; y < seen.y + seen.height; ++y) {
    const auto* from = coverage.ptr<std::uint8_t>(y - target.y);
    auto* to = canvas.ptr<std::uint8_t>(y);
    for (int x = seen.x; x < seen.x + seen.width; ++x) {
      to[x] = std::max(to[x], covering(kInkFirst, kInkSteps, from[x - target.x]));
    }
  }
}

/// Calls `draw` with an empty mask of the area, for lines of a colour of `steps` steps from
/// `first`. On white they come out smooth; the colour map has no mixtures, there only full coverage
/// counts.
template <typename Draw>
void FeaturePainter::State::draw_smoothly(cv::Rect area, int first, int steps, Draw draw) {
  cv::Mat coverage = cv::Mat::zeros(area.size(), CV_8UC1);
  draw(coverage);
  for (int y = 0; y < area.height; ++y) {
    const auto* from = coverage.ptr<std::uint8_t>(y);
    auto* to = canvas.ptr<std::uint8_t>(area.y + y) + area.x;
    for (int x = 0; x < area.width; ++x) {
      const bool seen = to[x] >= kLevels ? from[x] > 0 : from[x] > 127;
      if (seen) to[x] = covering(first, steps, to[x] >= kLevels ? from[x] : 255);
    }
  }
}

void FeaturePainter::State::frame(cv::Rect area) {
  cv::rectangle(canvas, {area.x - 1, area.y - 1, area.width + 2, area.height + 2}, kInk, 1);
}

void FeaturePainter::State::heat_map(const FloatArray& features, std::size_t first, std::size_t end,
                                     Range range) {
  const int rows = static_cast<int>(end - first), columns = static_cast<int>(features.columns());
  std::vector<int> column_of(kPlotWidth);
  for (int x = 0; x < kPlotWidth; ++x) {
    column_of[static_cast<std::size_t>(x)] =
        static_cast<int>(static_cast<std::int64_t>(x) * columns / kPlotWidth);
  }
  std::vector<std::uint8_t> levels(static_cast<std::size_t>(columns));
  int painted = -1;
  for (int y = 0; y < map_height; ++y) {
    auto* to = canvas.ptr<std::uint8_t>(map_top + y) + kLeft;
    const int row = static_cast<int>(static_cast<std::int64_t>(y) * rows / map_height);
    if (row == painted) {
      std::copy_n(canvas.ptr<std::uint8_t>(map_top + y - 1) + kLeft, kPlotWidth, to);
      continue;
    }
    painted = row;
    const auto values = features.row(end - 1 - static_cast<std::size_t>(row));  // upwards
    for (std::size_t c = 0; c < values.size(); ++c) levels[c] = level_of(range.position(values[c]));
    for (std::size_t x = 0; x < column_of.size(); ++x) {
      to[x] = levels[static_cast<std::size_t>(column_of[x])];
    }
  }
  frame({kLeft, map_top, kPlotWidth, map_height});
}

void FeaturePainter::State::curve(std::span<const float> values) {
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  const Range shown = widened(*lowest, *highest);
  const double room = 0.08 * (shown.high - shown.low);
  const Range range{shown.low - room, shown.high + room};
  const auto y_of = [&](double value) {
    return kCurveTop + kCurveHeight * (1 - range.position(value));
  };
  for (const double tick : round_ticks(range, 3)) {
    const int y = static_cast<int>(std::lround(y_of(tick)));
    cv::line(canvas, {kLeft, y}, {kLeft + kPlotWidth - 1, y}, kGrid, 1);
    cv::line(canvas, {kLeft - 1 - kTick, y}, {kLeft - 1, y}, kInk, 1);
    text(fmt::format("{:g}", tick), {kLeft - kTick - 4, y}, Align::right);
  }
  std::vector<cv::Point> points;
  const double unit = 1 << kSubpixelBits;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double x =
        kPlotWidth * (static_cast<double>(t) + 0.5) / static_cast<double>(values.size());
    points.emplace_back(static_cast<int>(std::lround(x * unit)),
                        static_cast<int>(std::lround((y_of(values[t]) - kCurveTop) * unit)));
  }
  draw_smoothly({kLeft, kCurveTop, kPlotWidth, kCurveHeight}, kCurveFirst, kCurveSteps,
                [&](cv::Mat& coverage) {
                  // Two thin lines, half a pixel up and down: OpenCV's thick ones take many times
                  // as long, with a round cap at every point.
                  for (const int shift : {-1, 1}) {
                    std::vector<cv::Point> moved = points;
                    for (cv::Point& point : moved) point.y += shift * (1 << kSubpixelBits) / 2;
                    cv::polylines(coverage, moved, false, 255, 1, cv::LINE_AA, kSubpixelBits);
                  }
                });
  frame({kLeft, kCurveTop, kPlotWidth, kCurveHeight});
}

void FeaturePainter::State::colour_bar(Range range, const std::string& unit) {
  const cv::Rect bar(kBarLeft, map_top + kBarPoint, kBarWidth, map_height - 2 * kBarPoint);
  for (int y = 0; y < bar.height; ++y) {
    canvas(cv::Rect(bar.x, bar.y + y, bar.width, 1)) = level_of(1 - y / (bar.height - 1.0));
  }

  const int right = bar.x + bar.width - 1, bottom = bar.y + bar.height - 1,
            middle = bar.x + bar.width / 2;
  const std::array<cv::Point, 3> above = {
      cv::Point(bar.x, bar.y - 1), {right, bar.y - 1}, {middle, map_top}};
  const std::array<cv::Point, 3> below = {
      cv::Point(bar.x, bottom + 1), {right, bottom + 1}, {middle, map_top + map_height - 1}};
  cv::fillConvexPoly(canvas, above.data(), 3, kLevels - 1, cv::LINE_8);
  cv::fillConvexPoly(canvas, below.data(), 3, 0, cv::LINE_8);
  std::vector<cv::Point> outline = {{bar.x - 1, bar.y - 1},         {middle, map_top - 1},
                                    {right + 1, bar.y - 1},         {right + 1, bottom + 1},
                                    {middle, map_top + map_height}, {bar.x - 1, bottom + 1}};
  const cv::Point corner(bar.x - 2, map_top - 2);
  for (cv::Point& point : outline) point -= corner;
  draw_smoothly(
      {corner, cv::Size(bar.width + 4, map_height + 4)}, kInkFirst, kInkSteps,
      [&](cv::Mat& coverage) { cv::polylines(coverage, outline, true, 255, 1, cv::LINE_AA, 0); });

  for (const double tick : round_ticks(range, 7)) {
    const int y = static_cast<int>(std::lround(bottom - (bar.height - 1) * range.position(tick)));
    cv::line(canvas, {right + 2, y}, {right + 1 + kTick, y}, kInk, 1);
    text(fmt::format("{:g}", tick), {right + kTick + 4, y}, Align::left);
  }
  text(unit, {middle, map_top - 16}, Align::centre);
}

void FeaturePainter::State::time_axis(double seconds, bool in_frames) {
  const int bottom = map_top + map_height;
  for (const double tick : round_ticks({0, seconds}, 9)) {
    const int x = kLeft + static_cast<int>(std::lround((kPlotWidth - 1) * tick / seconds));
    cv::line(canvas, {x, bottom + 1}, {x, bottom + kTick}, kInk, 1);
    text(fmt::format("{:g}", tick), {x, bottom + 16}, Align::centre);
  }
  text(in_frames ? "frame" : "time (s)", {kLeft + kPlotWidth / 2, bottom + 41}, Align::centre);
}

void FeaturePainter::State::row_axis(const RowAxis& axis, std::size_t first, std::size_t last) {
  const double row = static_cast<double>(map_height) / static_cast<double>(last - first + 1);
  const bool numbered = axis.marks.empty();
  int above = kHeight;  // where the last word stands
  for (const auto& mark : numbered ? numbered_rows(first, last) : axis.marks) {
    const int y =
        kMapBottom -
        static_cast<int>(std::lround(row * (mark.row - static_cast<double>(first) + 0.5)));
    cv::line(canvas, {kLeft - 1 - kTick, y}, {kLeft - 1, y}, kInk, 1);
    if (!numbered && above - y < kLeastDistance) continue;
    text(mark.text, {kLeft - kTick - 4, y}, Align::right);
    above = y;
  }
  text(axis.name, {18, map_top + map_height / 2}, Align::centre, kTextSize, true);
}

FeaturePainter::FeaturePainter() : state_(std::make_unique<State>()) {}
FeaturePainter::~FeaturePainter() = default;
FeaturePainter::FeaturePainter(FeaturePainter&&) noexcept = default;
FeaturePainter& FeaturePainter::operator=(FeaturePainter&&) noexcept = default;

std::vector<std::byte> FeaturePainter::png(const FloatArray& features, const RowAxis& axis,
                                           double seconds_per_frame, const std::string& title) {
  if (features.rows() == 0 || features.columns() == 0)
    throw Error("there are no features to paint");
  State& state = *state_;
  state.canvas.setTo(kWhite);
  state.map_top = axis.first_apart ? kMapTop : kMapTopWithoutCurve;
  state.map_height = kMapBottom - state.map_top;
  const std::size_t end = axis.shown == 0 ? features.rows() : std::min(axis.shown, features.rows());
  const std::size_t first = axis.first_apart && end > 1 ? 1 : 0;
  const auto shown = std::span(features.values)
                         .subspan(first * features.columns(), (end - first) * features.columns());
  constexpr double kLeast = 1e-3, kLeastOfTwoSigns = 1e-9;
  Range range =
      middle_range({shown.begin(), shown.end()}, axis.two_signs ? kLeastOfTwoSigns : kLeast);
  if (axis.two_signs) {
    const double most = std::max(std::abs(range.low), std::abs(range.high));
    range = {-most, most};
  }
  state.text(title, {kLeft - 2, 21}, Align::left, kTitleSize);
  if (axis.first_apart) {
    state.text(fmt::format("{}{} 0", first == 0 ? "" : "curve: ", axis.name),
               {kLeft + kPlotWidth, 22}, Align::right);
    state.curve(features.row(0));
  }
  state.heat_map(features, first, end, range);
  state.row_axis(axis, first, end - 1);
  const bool in_frames = seconds_per_frame == 0;
  state.time_axis((in_frames ? 1 : seconds_per_frame) * static_cast<double>(features.columns()),
                  in_frames);
  state.colour_bar(range, axis.unit);

  return encode_indexed_png({state.canvas.datastart, state.canvas.dataend}, kWidth, kHeight,
                            axis.two_signs ? state.two_sided : state.palette);
}

}  // namespace aver
