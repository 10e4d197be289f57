#include "nn/cpu/lstm_kernels.h"

#include "base/vector_clones.h"
#include "nn/cpu/activations.h"

namespace aver {

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
