#pragma once

#include <torch/torch.h>

namespace aver {

/// All states [N, T, 2 · units] (float32) of a one-layer, bidirectional, batch-first GRU over
/// x [N, T, I] (float32 or bfloat16), from zero states: those forwards, then those backwards, which
/// begin at each item's own last step. `steps` [N] (int64, 1 to T) says how many each has; the
/// states beyond are zeros, and what x holds there has no say. Gradients reach x and the layer's
/// weights and biases. With bfloat16 input the products with the input weights are in bfloat16, the
/// recurrence stays in float32.
///
/// On a CPU one product per time step and direction and fused gates do what LibTorch needs a dozen
/// operators for. Elsewhere LibTorch's own layer is used.
torch::Tensor gru_layer(const torch::Tensor& x, torch::nn::GRU& gru, const torch::Tensor& steps);

}  // namespace aver
