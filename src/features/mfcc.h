#pragma once

#include <span>
#include <string>
#include <vector>

#include "features/log_mel.h"
#include "features/spectrum.h"

namespace aver {

/// Every number of the MFCC computation. The defaults are librosa's, except for the 40 coefficients
/// that speech emotion work uses.
struct MfccOptions : MelOptions {
  int coefficients = 40;  ///< kept of the DCT, the zeroth included

  void describe(Options& options) override;
  /// Everything that is wrong, each as a clause that names the flag. Empty when all is well.
  std::vector<std::string> problems() const;
  /// Throws UsageError that lists all problems().
  void validate() const;
};

/// Mel-frequency cepstral coefficients as librosa 0.11 computes them: the levels of LogMel without
/// deltas, and of each frame an orthonormal DCT-II. Within 1e-3 of librosa in every coefficient.
class Mfcc final : public FeatureExtractor {
 public:
  /// Throws UsageError for bad options, among them a sample rate of 0.
  explicit Mfcc(const MfccOptions& options);

  const MfccOptions& options() const { return options_; }
  /// 1 + floor(samples / hop)
  std::size_t frame_count(std::size_t samples) const;
  double seconds_per_frame() const override;
  RowAxis row_axis() const override;

  /// [coefficients, frames]
  FloatArray compute(std::span<const float> samples) override;

 private:
  MfccOptions options_;
  LogMel levels_;
  FloatArray dct_;
  std::vector<float> mel_;  ///< [mel_bands, frames] of the clip in hand
};

}  // namespace aver
