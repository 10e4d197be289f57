#include "series/series_options.h"

#include <algorithm>
#include <cmath>

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

/// [2 · features, 1]: means, then deviations.
FloatArray summary_of(const FloatArray& frames) {
  const std::size_t features = frames.columns();
  FloatArray summary = FloatArray::matrix(2 * features, 1);
  const auto count = static_cast<double>(frames.rows());
  for (std::size_t c = 0; c < features; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t t = 0; t < frames.rows(); ++t) sum += frames.values[t * features + c];
    const double mean = sum / count;
    for (std::size_t t = 0; t < frames.rows(); ++t) {
      squares += std::pow(frames.values[t * features + c] - mean, 2);
    }
    summary.values[c] = static_cast<float>(mean);
    summary.values[features + c] = static_cast<float>(std::sqrt(squares / count));
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
              "One column for a clip: mean-deviation of each feature, none, or auto: for "
              "--architecture "
              "linear")
      .one_of({"auto", "none", "mean-deviation"});
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
  return options.summary == "mean-deviation" ? summary_of(values) : transposed(values);
}

}  // namespace aver
