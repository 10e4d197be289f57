#pragma once

#include <cstdint>

// One time step of an LSTM for one item, over its units. The four gates stand side by side in
// LibTorch's order: input, forget, cell, output, `units` values each.

namespace aver {

/// `gates`: in, the sums of the input's and the recurrent product; out, their activations
/// σ(i), σ(f), tanh(g), σ(o). `recurrent` is added to them first. From the cell state before this
/// step (`cell_before`) makes `cell` and the output `hidden` = o · tanh(cell).
void lstm_forward(std::int64_t units, float* gates, const float* recurrent,
                  const float* cell_before, float* cell, float* hidden);

/// `hidden_gradient` and `later_gradient` (from the step after) add up to the gradient at `hidden`;
/// `cell_gradient` is the one at `cell` from the step after, and becomes the one at `cell_before`.
/// `gates` are the activations; `gate_gradient` takes the gradients at their sums.
void lstm_backward(std::int64_t units, const float* gates, const float* cell_before,
                   const float* cell, const float* hidden_gradient, const float* later_gradient,
                   float* cell_gradient, float* gate_gradient);

}  // namespace aver
