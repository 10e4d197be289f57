#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "features/spectrum.h"

namespace aver {

class Options;

/// Every number of the MFCC computation. The defaults are librosa's, except for the 40 coefficients
/// that speech emotion work uses.
struct MfccOptions {
  int sample_rate_hz = 22050;  ///< of the samples given to Mfcc; 0: each file's own (for stages)
  int coefficients = 40;       ///< kept of the DCT, the zeroth included
  int fft_length = 2048;       ///< samples per frame; even
  int hop_length = 512;        ///< samples from frame to frame
  int mel_bands = 128;
  double lowest_hz = 0;   ///< lower edge of the first mel band
  double highest_hz = 0;  ///< upper edge of the last mel band; 0: half the sample rate
  double top_db = 80;     ///< levels further below the clip's highest are raised to that; 0: off
  std::string window = "hann";  ///< hann, hamming or rectangular; periodic, of fft_length

  void describe(Options& options);
  /// Everything that is wrong, each as a clause that names the flag. Empty when all is well.
  std::vector<std::string> problems() const;
  /// Throws UsageError that lists all problems().
  void validate() const;

  bool operator==(const MfccOptions&) const = default;
};

class PowerSpectrum;
struct MelBand;

/// Mel-frequency cepstral coefficients as librosa 0.11 computes them: frames centred on multiples
/// of the hop with zeros beyond the ends, window, power spectrum, mel bands, decibels, orthonormal
/// DCT-II. Within 1e-3 of librosa in every coefficient.
///
/// Keeps its tables and buffers from clip to clip; give each worker its own.
class Mfcc {
 public:
  /// Throws UsageError for bad options, among them a sample rate of 0.
  explicit Mfcc(const MfccOptions& options);
  ~Mfcc();
  Mfcc(Mfcc&&) noexcept;
  Mfcc& operator=(Mfcc&&) noexcept;

  const MfccOptions& options() const { return options_; }
  /// 1 + floor(samples / hop)
  std::size_t frame_count(std::size_t samples) const;
  double seconds_per_frame() const;

  /// [coefficients, frames] of samples in −1 … 1. Throws Error when there is not one sample or one
  /// of them is not finite.
  Matrix compute(std::span<const float> samples);

 private:
  MfccOptions options_;
  std::unique_ptr<PowerSpectrum> spectrum_;
  std::vector<MelBand> bands_;  ///< runs of FFT bins
  std::vector<float> weights_;
  Matrix dct_;
  std::vector<float> power_;  ///< of one frame, padded for the last band's block
  std::vector<float> mel_;    ///< [mel_bands, frames] of the clip in hand
};

}  // namespace aver
