#include "train/adam_kernel.h"

#include <cmath>

#include "base/vector_clones.h"

namespace aver {

AVER_VECTOR_CLONES
void adam_update(const AdamStep& step, std::int64_t count, float* __restrict parameter,
                 float* __restrict m, float* __restrict v, const float* __restrict gradient) {
  const float beta1 = step.beta1, beta2 = step.beta2, epsilon = step.epsilon, rate = step.rate;
  for (std::int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    m[i] = beta1 * m[i] + (1.0F - beta1) * g;
    v[i] = beta2 * v[i] + (1.0F - beta2) * g * g;
    parameter[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
  }
}

}  // namespace aver
