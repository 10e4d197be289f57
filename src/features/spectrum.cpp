#include "features/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "features/mfcc_kernels.h"

namespace aver {
namespace {

constexpr double kHzPerMel = 200.0 / 3;
constexpr double kLogStartHz = 1000;
constexpr double kLogStartMel = kLogStartHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27;

constexpr float kSmallestPower = 1e-10f;

}  // namespace

std::vector<double> window_of(WindowShape shape, std::size_t length) {
  // a0 − (1 − a0)·cos: the raised cosines differ in a0 only.
  const double offset = shape == WindowShape::hann ? 0.5 : shape == WindowShape::hamming ? 0.54 : 1;
  std::vector<double> window(length);
  for (std::size_t i = 0; i < length; ++i) {
    const double angle =
        2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
    window[i] = offset - (1 - offset) * std::cos(angle);
  }
  return window;
}

std::vector<double> hann(std::size_t length) {
  return window_of(WindowShape::hann, length);
}

double hz_to_mel(double hz) {
  return hz < kLogStartHz ? hz / kHzPerMel : kLogStartMel + std::log(hz / kLogStartHz) / kLogStep;
}

double mel_to_hz(double mel) {
  return mel < kLogStartMel ? mel * kHzPerMel
                            : kLogStartHz * std::exp(kLogStep * (mel - kLogStartMel));
}

FloatArray mel_filterbank(double sample_rate_hz, std::size_t fft_length, std::size_t bands,
                          double lowest_hz, double highest_hz) {
  FloatArray filters = FloatArray::matrix(bands, fft_length / 2 + 1);
  const double lowest_mel = hz_to_mel(lowest_hz);
  const double mel_step = (hz_to_mel(highest_hz) - lowest_mel) / static_cast<double>(bands + 1);
  const auto edge_hz = [&](std::size_t i) {
    return mel_to_hz(lowest_mel + mel_step * static_cast<double>(i));
  };
  for (std::size_t band = 0; band < bands; ++band) {
    const double left = edge_hz(band), centre = edge_hz(band + 1), right = edge_hz(band + 2);
    for (std::size_t bin = 0; bin < filters.columns(); ++bin) {
      const double hz = sample_rate_hz * static_cast<double>(bin) / static_cast<double>(fft_length);
      const double height =
          std::min((hz - left) / (centre - left), (right - hz) / (right - centre));
      if (height > 0) {
        filters.values[band * filters.columns() + bin] =
            static_cast<float>(height * 2 / (right - left));
      }
    }
  }
  return filters;
}

FloatArray dct_basis(std::size_t count, std::size_t length) {
  FloatArray basis = FloatArray::matrix(count, length);
  const double n = static_cast<double>(length);
  for (std::size_t k = 0; k < count; ++k) {
    const double scale = std::sqrt((k == 0 ? 1 : 2) / n);
    for (std::size_t i = 0; i < length; ++i) {
      // Reduced to one period in integers: exact however large k·i grows.
      const auto phase = static_cast<double>(k * (2 * i + 1) % (4 * length));
      basis.values[k * length + i] =
          static_cast<float>(scale * std::cos(std::numbers::pi * phase / (2 * n)));
    }
  }
  return basis;
}

void power_to_db(std::span<float> power, double top_db) {
  if (power.empty()) {
    return;
  }
  to_decibels(power.data(), power.size(), kSmallestPower);
  if (top_db > 0) {
    const float highest = extremes(power.data(), power.size()).second;
    const float lowest = highest - static_cast<float>(top_db);
    for (float& value : power) {
      value = std::max(value, lowest);
    }
  }
}

}  // namespace aver
