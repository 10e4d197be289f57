#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "features/mfcc_kernels.h"
#include "features/real_fft.h"
#include "features/spectrum.h"

namespace aver {

/// |DFT|² of windowed frames of a signal, in the precision an implementation chooses.
class PowerSpectrum {
 public:
  virtual ~PowerSpectrum() = default;
  /// Of fft_length samples from `start` on, which may lie before the first or reach beyond the
  /// last: zeros are there. `power` takes fft_length/2 + 1 values.
  virtual void compute(std::span<const float> samples, std::ptrdiff_t start, float* power) = 0;
};

template <typename Float>
class PowerSpectrumOf final : public PowerSpectrum {
 public:
  PowerSpectrumOf(WindowShape shape, std::size_t fft_length) : fft_(fft_length) {
    const auto window = window_of(shape, fft_length);
    window_.assign(window.begin(), window.end());
  }

  void compute(std::span<const float> samples, std::ptrdiff_t start, float* power) override {
    cut(samples, start);
    fft_.power(power);
  }

 private:
  void cut(std::span<const float> samples, std::ptrdiff_t start) {
    const auto length = static_cast<std::ptrdiff_t>(fft_.length());
    const auto count = static_cast<std::ptrdiff_t>(samples.size());
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-start, 0, length);
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(count - start, begin, length);
    Float* in = fft_.input().data();
    std::fill(in, in + begin, Float{0});
    if constexpr (std::is_same_v<Float, float>) {
      apply_window(samples.data() + start + begin, window_.data() + begin,
                   static_cast<std::size_t>(end - begin), in + begin);
    } else {
      for (std::ptrdiff_t i = begin; i < end; ++i) {
        in[i] = static_cast<Float>(samples[static_cast<std::size_t>(start + i)]) *
                window_[static_cast<std::size_t>(i)];
      }
    }
    std::fill(in + end, in + length, Float{0});
  }

  RealFft<Float> fft_;
  std::vector<Float> window_;
};

}  // namespace aver
