#pragma once

#include <torch/torch.h>

namespace aver {

/// Inverted dropout, as torch::dropout. On the CPU LibTorch draws one number after another on one
/// thread, which takes a tenth of an audio training step; here the mask comes from a hash of
/// (one draw of LibTorch's generator, position), so all threads make it and their number does not
/// matter.
torch::Tensor fast_dropout(const torch::Tensor& x, double rate, bool training);

}  // namespace aver
