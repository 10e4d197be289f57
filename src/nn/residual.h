#pragma once

#include <torch/torch.h>

#include "nn/batch_share.h"

// What networks of residual blocks have in common.
namespace aver {

/// A convolution of `side` x `side` with zeros around, so that a stride of 1 keeps the size.
torch::nn::Conv2d padded_convolution(std::int64_t from, std::int64_t to, std::int64_t side,
                                     torch::ExpandingArray<2> stride);

/// A tenth of whose running statistics is new at each step.
torch::nn::BatchNorm2d usual_norm(std::int64_t channels);

/// The layer's output; its product in bfloat16 where `half` says so.
torch::Tensor convolve(const torch::Tensor& x, const torch::nn::Conv2d& layer, bool half);

/// Convolution, ReLU and batch normalisation, and 2x2 max-pooling where asked for.
torch::Tensor normalised(const torch::Tensor& x, const torch::nn::Conv2d& layer,
                         const torch::nn::BatchNorm2d& norm, bool half, bool training,
                         const BatchShare* share, bool pooled = false);

}  // namespace aver
