#pragma once

#include <span>

#include "features/spectrum.h"

namespace aver {

class Options;

/// What every extractor is told. Fields of its own come with the struct that derives from it.
struct FeatureOptions {
  int sample_rate_hz = 22050;  ///< of the samples that are computed on; 0: each file's own

  virtual ~FeatureOptions() = default;
  virtual void describe(Options& options) = 0;
};

/// Makes of a sound a matrix whose columns are frames in time. Keeps its tables and buffers from
/// clip to clip; give each worker its own.
class FeatureExtractor {
 public:
  virtual ~FeatureExtractor() = default;

  /// [rows, frames] of samples in −1 … 1. Throws Error when there is not one sample or one of them
  /// is not finite.
  virtual Matrix compute(std::span<const float> samples) = 0;
  virtual double seconds_per_frame() const = 0;
};

}  // namespace aver
