#include "features/mfcc_kernels.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/vector_clones.h"

namespace aver {

namespace {

/// 10 · log10(x) for a positive, normal x, in a form that vectorises: x = 2ᵉ · m with m around 1,
/// and a polynomial for ln m (Cephes's coefficients).
AVER_INLINE float decibels(float x) {
  auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t shifted = bits - 0x3f3504f3U;  // so that m lies between √½ and √2
  const auto exponent = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
  bits = (shifted & 0x007fffffU) + 0x3f3504f3U;
  const float m = std::bit_cast<float>(bits) - 1.0F;
  float p = 7.0376836292e-2F;
  p = p * m - 1.1514610310e-1F;
  p = p * m + 1.1676998740e-1F;
  p = p * m - 1.2420140846e-1F;
  p = p * m + 1.4249322787e-1F;
  p = p * m - 1.6668057665e-1F;
  p = p * m + 2.0000714765e-1F;
  p = p * m - 2.4999993993e-1F;
  p = p * m + 3.3333331174e-1F;
  const float ln = m + m * m * (p * m - 0.5F);
  return 4.34294481903F * ln + 3.01029995664F * exponent;
}

AVER_INLINE std::int32_t ordered(float value) {
  const auto bits = std::bit_cast<std::int32_t>(value);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/// Calls `use(k, re, im)` for each of the half + 1 values.
template <typename Use>
AVER_INLINE void unpack(const float* __restrict packed, std::size_t half,
                        const float* __restrict cosines, const float* __restrict sines,
                        float* __restrict re, float* __restrict im, Use use) {
  for (std::size_t k = 0; k < half; ++k) {
    re[k] = packed[2 * k];
    im[k] = packed[2 * k + 1];
  }
  re[half] = re[0];
  im[half] = im[0];
  // Even and odd samples' transforms E and O from their sum Z: X[k] = E[k] + exp(-iπk/half) · O[k].
  const float* back_re = re + half;
  const float* back_im = im + half;
  AVER_INDEPENDENT
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(half); ++k) {
    const float even_re = 0.5F * (re[k] + back_re[-k]), even_im = 0.5F * (im[k] - back_im[-k]);
    const float odd_re = 0.5F * (im[k] + back_im[-k]), odd_im = 0.5F * (back_re[-k] - re[k]);
    use(k, even_re + cosines[k] * odd_re + sines[k] * odd_im,
        even_im + cosines[k] * odd_im - sines[k] * odd_re);
  }
  use(static_cast<std::ptrdiff_t>(half), re[0] - im[0], 0.0F);
}

AVER_INLINE float from_ordered(std::int32_t value) {
  return std::bit_cast<float>(value ^ ((value >> 31) & 0x7fffffff));
}

}  // namespace

AVER_VECTOR_CLONES
void band_energies(const MelBand* bands, std::size_t count, const float* power,
                   const float* weights, float* out, std::size_t step) {
  for (std::size_t band = 0; band < count; ++band) {
    const float* from = power + bands[band].first_bin;
    const float* weight = weights + bands[band].first_weight;
    std::array<float, kLanes> sum{};
    for (std::size_t block = 0; block < bands[band].blocks; ++block) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sum[lane] += from[block * kLanes + lane] * weight[block * kLanes + lane];
      }
    }
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
      for (std::size_t lane = 0; lane < half; ++lane) sum[lane] += sum[lane + half];
    }
    out[band * step] = sum[0];
  }
}

AVER_VECTOR_CLONES
void to_decibels(float* values, std::size_t count, float smallest) {
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = decibels(values[i] > smallest ? values[i] : smallest);
  }
}

AVER_VECTOR_CLONES
std::pair<float, float> extremes(const float* values, std::size_t count) {
  // Minima of floats vectorise as reductions only of integers: as such they sort the same once the
  // bits of negative ones are turned round.
  std::int32_t lowest = ordered(values[0]), highest = lowest;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t value = ordered(values[i]);
    lowest = value < lowest ? value : lowest;
    highest = value > highest ? value : highest;
  }
  return {from_ordered(lowest), from_ordered(highest)};
}

AVER_VECTOR_CLONES
void multiply(const float* basis, std::size_t rows, std::size_t columns, const float* levels,
              std::size_t frames, float offset, float* out) {
  // Sums of four rows by 32 frames stay in registers.
  constexpr std::size_t kRows = 4;
  constexpr std::size_t kFrames = 32;
  for (std::size_t begin = 0; begin < frames; begin += kFrames) {
    const std::size_t width = std::min(kFrames, frames - begin);
    for (std::size_t first = 0; first < rows; first += kRows) {
      const std::size_t height = std::min(kRows, rows - first);
      std::array<std::array<float, kFrames>, kRows> sum{};
      for (std::size_t m = 0; m < columns; ++m) {
        std::array<float, kFrames> level{};
        for (std::size_t t = 0; t < width; ++t) level[t] = levels[m * frames + begin + t] - offset;
        for (std::size_t k = 0; k < kRows; ++k) {
          const float weight = basis[(first + std::min(k, height - 1)) * columns + m];
          for (std::size_t t = 0; t < kFrames; ++t) sum[k][t] += weight * level[t];
        }
      }
      for (std::size_t k = 0; k < height; ++k) {
        std::copy_n(sum[k].begin(), width, out + (first + k) * frames + begin);
      }
    }
  }
}

AVER_VECTOR_CLONES
void apply_window(const float* __restrict samples, const float* __restrict window,
                  std::size_t count, float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = samples[i] * window[i];
}

AVER_VECTOR_CLONES
void unpack_real_transform(const float* __restrict packed, std::size_t half,
                           const float* __restrict cosines, const float* __restrict sines,
                           float* __restrict re, float* __restrict im, float* __restrict spectrum) {
  unpack(packed, half, cosines, sines, re, im, [spectrum](std::ptrdiff_t k, float x, float y) {
    spectrum[2 * k] = x;
    spectrum[2 * k + 1] = y;
  });
}

AVER_VECTOR_CLONES
void unpack_real_power(const float* __restrict packed, std::size_t half,
                       const float* __restrict cosines, const float* __restrict sines,
                       float* __restrict re, float* __restrict im, float* __restrict power) {
  unpack(packed, half, cosines, sines, re, im,
         [power](std::ptrdiff_t k, float x, float y) { power[k] = x * x + y * y; });
}

}  // namespace aver
