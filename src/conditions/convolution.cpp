#include "conditions/convolution.h"

#include <algorithm>
#include <bit>

#include "features/real_fft.h"

namespace aver {
namespace {

using Spectrum = std::vector<std::complex<float>>;

Spectrum spectrum_of(RealFft<float>& fft, std::span<const float> values) {
  const auto input = fft.input();
  std::ranges::fill(std::ranges::copy(values, input.begin()).out, input.end(), 0.0F);
  const auto result = fft.transform();
  return {result.begin(), result.end()};
}

/// The values of a spectrum. Only a forward transform is at hand: with H = Re - Im of a spectrum,
/// Hartley's transform, the same transform of H gives the values back, `length` times as large.
std::vector<float> values_of(RealFft<float>& fft, const Spectrum& spectrum) {
  const std::size_t length = fft.length();
  const auto input = fft.input();
  for (std::size_t k = 0; k <= length / 2; ++k) {
    input[k] = spectrum[k].real() - spectrum[k].imag();
    if (k > 0 && k < length / 2) input[length - k] = spectrum[k].real() + spectrum[k].imag();
  }
  const auto result = fft.transform();
  const float scale = 1.0F / static_cast<float>(length);
  std::vector<float> values(length);
  for (std::size_t n = 0; n <= length / 2; ++n) {
    values[n] = scale * (result[n].real() - result[n].imag());
    if (n > 0 && n < length / 2) {
      values[length - n] = scale * (result[n].real() + result[n].imag());
    }
  }
  return values;
}

}  // namespace

std::vector<float> convolved(std::span<const float> sound, std::span<const float> filter,
                             std::size_t delay) {
  const std::size_t needed = std::max<std::size_t>(sound.size() + filter.size() + delay, 4);
  RealFft<float> fft(std::bit_ceil(needed));
  Spectrum product = spectrum_of(fft, sound);
  const Spectrum other = spectrum_of(fft, filter);
  for (std::size_t k = 0; k < product.size(); ++k) product[k] *= other[k];
  const std::vector<float> all = values_of(fft, product);
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(delay);
  return {first, first + static_cast<std::ptrdiff_t>(sound.size())};
}

}  // namespace aver
