#pragma once

#include <bit>
#include <cstdint>

#include "base/vector_clones.h"

// What recurrent layers' gates go through, in forms that vectorise.

namespace aver {

/// eˣ within two units in the last place, in a form that vectorises: x = n·ln 2 + r, a polynomial
/// for eʳ (Cephes's coefficients), 2ⁿ through the exponent's bits. A NaN stays one.
AVER_INLINE float exponential(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  constexpr float kRound = 12582912.0F;  // 1.5 · 2²³: adding it rounds to an integer
  const float shifted = x * 1.44269504088896341F + kRound;
  const float n = shifted - kRound;
  float r = x - n * 0.693359375F;
  r = r + n * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23;
  return p * std::bit_cast<float>(exponent);
}

AVER_INLINE float sigmoid(float x) {
  return 1.0F / (1.0F + exponential(-x));
}

AVER_INLINE float tangent(float x) {
  return 2.0F / (1.0F + exponential(-2.0F * x)) - 1.0F;
}

}  // namespace aver
