#include "series/series_options.h"

#include <vector>

#include "base/options.h"
#include "features/summary.h"
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
  const FloatArray series = transposed(values);
  return parts.empty() ? series : summary_of(series, parts);
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
