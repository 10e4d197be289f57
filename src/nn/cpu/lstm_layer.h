#pragma once

#include <torch/torch.h>

namespace aver {

/// All states [N, T, units] (float32) of a one-layer, one-directional, batch-first LSTM over
/// x [N, T, I] (float32 or bfloat16), from zero states, with gradients for x and the layer's
/// trained weights. With bfloat16 input the products with the input weights are in bfloat16, the
/// recurrence stays in float32.
///
/// On a CPU one product per time step and fused gates do what LibTorch needs a dozen operators for.
/// Elsewhere LibTorch's own layer is used.
torch::Tensor lstm_layer(const torch::Tensor& x, torch::nn::LSTM& lstm);

}  // namespace aver
