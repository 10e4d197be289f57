#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/extractor.h"
#include "features/spectrum.h"

namespace aver {

class Option;

/// Every number of the way from samples to levels of mel bands. The defaults are librosa's.
struct MelOptions : FeatureOptions {
  int fft_length = 2048;  ///< samples per frame; even
  int hop_length = 512;   ///< samples from frame to frame
  int mel_bands = 128;
  double lowest_hz = 0;   ///< lower edge of the first mel band
  double highest_hz = 0;  ///< upper edge of the last mel band; 0: half the sample rate
  double top_db = 80;     ///< levels further below the clip's highest are raised to that; 0: off
  std::string window = "hann";  ///< hann, hamming or rectangular; periodic, of fft_length

 protected:
  void describe_rate(Options& options);
  void describe_bands(Options& options);
};

struct LogMelOptions : MelOptions {
  int deltas = 0;          ///< 1: the slope of each band in time follows; 2: and its curvature
  double trim_db = 0;      ///< frames at both ends this far under the loudest are left out; 0: none
  double loudness_db = 0;  ///< quieter clips are raised to it (root mean square, dBFS); 0: none

  LogMelOptions() = default;
  explicit LogMelOptions(const MelOptions& bands) : MelOptions(bands) {}

  void describe(Options& options) override;
};

/// --loudness-db
Option& describe_loudness(Options& options, double& loudness_db);

class PowerSpectrum;
struct MelBand;

/// Levels of mel bands as librosa 0.11 computes them: frames centred on multiples of the hop with
/// zeros beyond the ends, window, power spectrum, mel bands, decibels (power_to_db with ref 1).
class LogMel final : public FeatureExtractor {
 public:
  /// Throws UsageError for bad options, among them a sample rate of 0.
  explicit LogMel(const LogMelOptions& options);
  ~LogMel() override;
  LogMel(LogMel&&) noexcept;
  LogMel& operator=(LogMel&&) noexcept;

  const LogMelOptions& options() const { return options_; }
  /// 1 + floor(samples / hop)
  std::size_t frame_count(std::size_t samples) const;
  double seconds_per_frame() const override;
  /// In kilohertz, of the levels alone.
  RowAxis row_axis() const override;

  /// [mel_bands · (1 + deltas), frames], without the frames that --trim-db leaves out.
  FloatArray compute(std::span<const float> samples) override;

  /// The levels alone, into `levels` ([mel_bands, frames]).
  void compute_levels(std::span<const float> samples, std::vector<float>& levels);

 private:
  LogMelOptions options_;
  std::unique_ptr<PowerSpectrum> spectrum_;
  std::vector<MelBand> bands_;  ///< runs of FFT bins
  std::vector<float> weights_;
  std::vector<float> power_;  ///< of one frame, padded for the last band's block
};

/// Of levels in decibels, the frames from the first to before the end that are heard: those at both
/// ends are left out whose power, summed over the bands, is more than `trim_db` under that of the
/// loudest.
std::pair<std::size_t, std::size_t> heard_frames(const FloatArray& levels, double trim_db);
/// A matrix of the columns from `first` to before `end`.
FloatArray frames_of(const FloatArray& matrix, std::size_t first, std::size_t end);

/// Slope (`order` 1) or curvature (2) in time of every row of a clip, per frame: the derivative of
/// the line or parabola that fits the nine frames around best, and at the ends that of the first
/// and the last nine, as librosa.feature.delta has it (width 9, mode "interp"). A shorter clip is
/// fitted over as many frames as it has, or one less where that is even; fewer than three have no
/// slope: zeros.
FloatArray deltas_of(const FloatArray& clip, int order);

}  // namespace aver
