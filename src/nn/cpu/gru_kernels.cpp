#include "nn/cpu/gru_kernels.h"

#include "base/vector_clones.h"
#include "nn/cpu/activations.h"

namespace aver {

AVER_VECTOR_CLONES
void gru_forward(std::int64_t units, float* gates, const float* recurrent,
                 const float* candidate_bias, const float* before, float* candidate, float* state) {
  float* reset = gates;
  float* update = gates + units;
  float* fresh = gates + 2 * units;
  AVER_INDEPENDENT
  for (std::int64_t u = 0; u < units; ++u) {
    reset[u] = sigmoid(reset[u] + recurrent[u]);
    update[u] = sigmoid(update[u] + recurrent[units + u]);
    candidate[u] = recurrent[2 * units + u] + candidate_bias[u];
    fresh[u] = tangent(fresh[u] + reset[u] * candidate[u]);
    state[u] = fresh[u] + update[u] * (before[u] - fresh[u]);
  }
}

AVER_VECTOR_CLONES
void gru_backward(std::int64_t units, const float* gates, const float* candidate,
                  const float* before, const float* state_gradient, float* later,
                  float* gate_gradient, float* recurrent_gradient) {
  AVER_INDEPENDENT
  for (std::int64_t u = 0; u < units; ++u) {
    const float r = gates[u], z = gates[units + u], n = gates[2 * units + u];
    const float h = state_gradient[u] + later[u];
    const float fresh = h * (1.0F - z) * (1.0F - n * n);
    const float update = h * (before[u] - n) * z * (1.0F - z);
    const float reset = fresh * candidate[u] * r * (1.0F - r);
    gate_gradient[u] = reset;
    gate_gradient[units + u] = update;
    gate_gradient[2 * units + u] = fresh;
    recurrent_gradient[u] = reset;
    recurrent_gradient[units + u] = update;
    recurrent_gradient[2 * units + u] = fresh * r;
    later[u] = h * z;
  }
}

}  // namespace aver
