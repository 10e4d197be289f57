#pragma once

#include <cstdint>

namespace aver {

/// One step of Adam over `count` values, in one pass over memory:
/// m ← β₁·m + (1-β₁)·g,  v ← β₂·v + (1-β₂)·g²,  p ← p − rate · m / (√v + ε).
struct AdamStep {
  float beta1, beta2, epsilon, rate;
};
void adam_update(const AdamStep& step, std::int64_t count, float* parameter, float* m, float* v,
                 const float* gradient);

}  // namespace aver
