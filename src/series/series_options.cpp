#include "series/series_options.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/options.h"
#include "series/landmarks.h"

namespace aver {
namespace {

/// What each value is more than the one `span` frames before; 0 in the first ones.
void append_differences(FloatArray& frames, std::size_t span) {
  const std::size_t before = frames.columns(), after = 2 * before;
  FloatArray wider = FloatArray::matrix(frames.rows(), after);
  for (std::size_t t = 0; t < frames.rows(); ++t) {
    for (std::size_t c = 0; c < before; ++c) {
      const float value = frames.values[t * before + c];
      wider.values[t * after + c] = value;
      if (t >= span) {
        wider.values[t * after + before + c] = value - frames.values[(t - span) * before + c];
      }
    }
  }
  frames = std::move(wider);
}

/// What a summary says of each feature, in this order.
enum class Said { mean, deviation, low, high, third };

constexpr Said kMeanDeviation[] = {Said::mean, Said::deviation};
constexpr Said kCourse[] = {Said::mean,  Said::deviation, Said::low,  Said::high,
                            Said::third, Said::third,     Said::third};

/// Empty for no summary.
std::span<const Said> said_by(const std::string& summary) {
  if (summary == "mean-deviation") return kMeanDeviation;
  if (summary == "course") return kCourse;
  return {};
}

double mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation_of(std::span<const float> values, double mean) {
  double squares = 0;
  for (const float value : values) squares += std::pow(value - mean, 2);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

/// Between the two values around a share of sorted ones, as NumPy's default has it.
double quantile(std::span<const float> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(static_cast<double>(sorted[below]), static_cast<double>(sorted[above]),
                   place - static_cast<double>(below));
}

/// One of the three thirds of a clip, of which a short one has at least a frame.
std::span<const float> third_of(std::span<const float> values, std::size_t number) {
  const std::size_t first = std::min(number * values.size() / 3, values.size() - 1);
  const std::size_t end = std::max((number + 1) * values.size() / 3, first + 1);
  return values.subspan(first, end - first);
}

/// [parts · features, 1]: what is said of all features, one after the other.
FloatArray summary_of(const FloatArray& frames, std::span<const Said> parts) {
  const std::size_t features = frames.columns();
  FloatArray summary = FloatArray::matrix(parts.size() * features, 1);
  std::vector<float> values(frames.rows());
  for (std::size_t c = 0; c < features; ++c) {
    for (std::size_t t = 0; t < frames.rows(); ++t) values[t] = frames.values[t * features + c];
    std::vector<float> sorted = values;
    if (parts.size() > 2) std::ranges::sort(sorted);  // there are quantiles to take
    const double mean = mean_of(values);
    std::size_t thirds = 0;
    const auto value_of = [&](Said part) {
      switch (part) {
        case Said::mean:
          return mean;
        case Said::deviation:
          return deviation_of(values, mean);
        case Said::low:
          return quantile(sorted, 0.1);
        case Said::high:
          return quantile(sorted, 0.9);
        case Said::third:
          break;
      }
      return mean_of(third_of(values, thirds++)) - mean;
    };
    for (std::size_t p = 0; p < parts.size(); ++p) {
      summary.values[p * features + c] = static_cast<float>(value_of(parts[p]));
    }
  }
  return summary;
}

}  // namespace

void SeriesOptions::describe(Options& options) {
  options.heading("Features");
  options.result("columns", columns,
                 "Columns of tables, such as 'AU*_r' (default: all that hold numbers)");
  options
      .result("align", align,
              "none, or eyes: 68 facial landmarks without the head's place, turn and size")
      .one_of({"none", "eyes"});
  options
      .result("scale", scale,
              "Size of landmarks with --align: by the eyes' distance in each frame, or of the clip")
      .one_of({"frame", "clip"});
  options
      .result("differences", differences,
              "Features that follow: what each one changes by over N frames (0 = none)")
      .at_least(0);
  options
      .result("summary", summary,
              "One column for a clip: mean-deviation of each feature, course (also quantiles, and "
              "each third of the clip), none, or auto: the first with --architecture linear")
      .one_of({"auto", "none", "mean-deviation", "course"});
}

FloatArray transposed(const FloatArray& frames) {
  FloatArray out = FloatArray::matrix(frames.columns(), frames.rows());
  for (std::size_t t = 0; t < frames.rows(); ++t) {
    for (std::size_t c = 0; c < frames.columns(); ++c) {
      out.values[c * frames.rows() + t] = frames.values[t * frames.columns() + c];
    }
  }
  return out;
}

FloatArray prepared_series(const FloatArray& frames, const SeriesOptions& options) {
  FloatArray values = frames;
  if (options.align == "eyes") align_by_eyes(values, options.scale == "clip");
  if (options.differences > 0) {
    append_differences(values, static_cast<std::size_t>(options.differences));
  }
  const auto parts = said_by(options.summary);
  return parts.empty() ? transposed(values) : summary_of(values, parts);
}

std::vector<MirroredFeature> mirrored_series(const SeriesOptions& options) {
  if (options.align != "eyes") return {};
  const std::vector<MirroredFeature> landmarks = mirrored_landmarks();
  std::vector<MirroredFeature> series = landmarks;
  if (options.differences > 0) {
    for (const auto& [source, sign] : landmarks)
      series.push_back({kLandmarkNumbers + source, sign});
  }
  const auto parts = said_by(options.summary);
  if (parts.empty()) return series;
  std::vector<MirroredFeature> summary;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (const auto& [source, sign] : series) {
      std::size_t part = p;
      // What was among the highest values is among the lowest, which stand before them.
      if (sign < 0 && parts[p] == Said::low) part = p + 1;
      if (sign < 0 && parts[p] == Said::high) part = p - 1;
      summary.push_back({part * series.size() + source, parts[p] == Said::deviation ? 1 : sign});
    }
  }
  return summary;
}

}  // namespace aver
