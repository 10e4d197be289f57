#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace aver {

/// ceil(samples * to / from) in whole numbers: what every rate change in this project yields.
std::size_t resampled_length(std::size_t samples, int from_hz, int to_hz);

struct ResamplerFilter;

/// Changes the sample rate of one channel with libsoxr's HQ recipe. Keeps the filter it built for a
/// pair of rates: one Resampler per worker, used clip after clip, is twice as fast as one per clip,
/// with the same result.
class Resampler {
 public:
  Resampler();
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  /// resampled_length() samples; a copy when the rates are equal. Throws Error when a rate is not
  /// positive or libsoxr refuses.
  std::vector<float> resample(std::span<const float> samples, int from_hz, int to_hz);

 private:
  std::unique_ptr<ResamplerFilter> filter_;
};

/// The same change of a sound that comes piece by piece: all that it gives, joined, is what
/// Resampler makes of all it was given, joined.
class LiveResampler {
 public:
  /// Throws Error when a rate is not positive or libsoxr refuses.
  LiveResampler(int from_hz, int to_hz);
  ~LiveResampler();
  LiveResampler(LiveResampler&&) noexcept;
  LiveResampler& operator=(LiveResampler&&) noexcept;

  /// Adds to `out` what is settled now: the filter holds back some thousand samples.
  void add(std::span<const float> samples, std::vector<float>& out);
  /// Adds the rest.
  void finish(std::vector<float>& out);

 private:
  std::unique_ptr<ResamplerFilter> filter_;  ///< null for equal rates
  std::size_t given_ = 0;
  std::size_t made_ = 0;
};

}  // namespace aver
