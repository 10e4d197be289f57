#pragma once

#include <cstdint>

// One time step of a GRU for one item, over its units. The three gates stand side by side in
// LibTorch's order: reset, update, candidate, `units` values each.

namespace aver {

/// `gates`: in, the sums of the input's product and biases; out, their activations σ(r), σ(z),
/// tanh(n). `recurrent`: in, the product with the state before this step; its candidate's part out,
/// with `candidate_bias` added to it, goes to `candidate` (what the reset gate multiplies).
/// `state` = (1 − z) · n + z · `before`; it may be `before` itself.
void gru_forward(std::int64_t units, float* gates, const float* recurrent,
                 const float* candidate_bias, const float* before, float* candidate, float* state);

/// `state_gradient` and `later` (from the step after) add up to the gradient at the state; `later`
/// becomes the part of it that z lets through to the state before. `gates` are the activations;
/// `gate_gradient` takes the gradients at their sums, `recurrent_gradient` those at the recurrent
/// product, which differ in the candidate's.
void gru_backward(std::int64_t units, const float* gates, const float* candidate,
                  const float* before, const float* state_gradient, float* later,
                  float* gate_gradient, float* recurrent_gradient);

}  // namespace aver
