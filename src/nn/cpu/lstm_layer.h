#pragma once

#include <torch/torch.h>

namespace aver {

/// All states [N, T, units] (float32) of the last layer of a one-directional, batch-first LSTM over
/// x [N, T, I] (float32 or bfloat16), from zero states, with gradients for x and the layers'
/// trained weights. With bfloat16 input the products with the input weights are in bfloat16, the
/// recurrence stays in float32.
///
/// On a CPU one product per layer and time step and fused gates do what LibTorch needs a dozen
/// operators for. Elsewhere LibTorch's own layer is used.
torch::Tensor lstm_layers(torch::Tensor x, torch::nn::LSTM& lstm);

}  // namespace aver
