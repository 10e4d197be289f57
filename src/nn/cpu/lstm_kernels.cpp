#include "nn/cpu/lstm_kernels.h"

#include <bit>

#include "base/vector_clones.h"

namespace aver {
namespace {

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

}  // namespace

AVER_VECTOR_CLONES
void lstm_forward(std::int64_t units, float* gates, const float* recurrent,
                  const float* cell_before, float* cell, float* hidden) {
  float* input = gates;
  float* forget = gates + units;
  float* update = gates + 2 * units;
  float* output = gates + 3 * units;
  AVER_INDEPENDENT
  for (std::int64_t u = 0; u < units; ++u) {
    input[u] = sigmoid(input[u] + recurrent[u]);
    forget[u] = sigmoid(forget[u] + recurrent[units + u]);
    update[u] = tangent(update[u] + recurrent[2 * units + u]);
    output[u] = sigmoid(output[u] + recurrent[3 * units + u]);
    cell[u] = forget[u] * cell_before[u] + input[u] * update[u];
    hidden[u] = output[u] * tangent(cell[u]);
  }
}

AVER_VECTOR_CLONES
void lstm_backward(std::int64_t units, const float* gates, const float* cell_before,
                   const float* cell, const float* hidden_gradient, const float* later_gradient,
                   float* cell_gradient, float* gate_gradient) {
  AVER_INDEPENDENT
  for (std::int64_t u = 0; u < units; ++u) {
    const float i = gates[u], f = gates[units + u];
    const float g = gates[2 * units + u], o = gates[3 * units + u];
    const float h = hidden_gradient[u] + later_gradient[u];
    const float t = tangent(cell[u]);
    const float c = cell_gradient[u] + h * o * (1.0F - t * t);
    gate_gradient[u] = c * g * i * (1.0F - i);
    gate_gradient[units + u] = c * cell_before[u] * f * (1.0F - f);
    gate_gradient[2 * units + u] = c * i * (1.0F - g * g);
    gate_gradient[3 * units + u] = h * t * o * (1.0F - o);
    cell_gradient[u] = c * f;
  }
}

}  // namespace aver
