#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "features/spectrum.h"

namespace aver {

class Options;

/// What every extractor is told. Fields of its own come with the struct that derives from it.
struct FeatureOptions {
  int sample_rate_hz = 22050;  ///< of the samples that are computed on; 0: each file's own

  virtual ~FeatureOptions() = default;
  virtual void describe(Options& options) = 0;
  /// Where a file is that this kind computes with, which no record names; null of a kind without.
  virtual fs::path* file() { return nullptr; }
};

/// What a picture of features writes at their rows.
struct RowAxis {
  /// A word at a row, counted from 0; it may lie between two.
  struct Mark {
    double row = 0;
    std::string text;
  };

  std::string name = "row";  ///< of what the rows are
  std::string unit;          ///< of the values
  std::vector<Mark> marks;   ///< from low to high; none: round row numbers
  std::size_t shown = 0;     ///< rows from the first that have this axis and unit; 0 = all
  bool first_apart = false;  ///< the first row is much larger than the others
  bool two_signs = false;    ///< values below 0 speak against what those above speak for
};

/// Makes of a sound a matrix whose columns are frames in time. Keeps its tables and buffers from
/// clip to clip; give each worker its own.
class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;

  /// [rows, frames] of samples in −1 … 1. Throws Error when there is not one sample or one of them
  /// is not finite.
  virtual FloatArray compute(std::span<const float> samples) = 0;
  virtual double seconds_per_frame() const = 0;
  virtual RowAxis row_axis() const { return {}; }
};

}  // namespace aver
