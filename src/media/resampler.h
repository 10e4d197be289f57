#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace aver {

/// ceil(samples * to / from) in whole numbers: what every rate change in this project yields.
std::size_t resampled_length(std::size_t samples, int from_hz, int to_hz);

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
  struct Filter;
  std::unique_ptr<Filter> filter_;
};

}  // namespace aver
