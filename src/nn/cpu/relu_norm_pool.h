#pragma once

#include <torch/torch.h>

#include "nn/batch_share.h"

namespace aver {

/// What follows a convolution: ReLU, then batch normalisation, 2x2 max-pooling and dropout where
/// asked for.
struct ReluNormPool {
  torch::nn::BatchNorm2d norm = nullptr;  ///< null = none
  bool pooled = false;
  double dropout = 0.0;  ///< rate
};

/// Applies it to y [N, C, H, W] (float32 or bfloat16), with gradients for y and the norm's weights.
/// In training the norm uses the batch's statistics and updates its running ones.
///
/// On a CPU one or two passes over channels-last memory do what LibTorch's operators need eight
/// for, and nothing but y is kept for the gradient. Elsewhere, and for dropout without pooling,
/// LibTorch's operators are used. Both follow LibTorch's generator for dropout, but draw other
/// masks. Results do not depend on the threads.
///
/// With `share`, y is that part of a batch: in training the norm uses the whole batch's statistics,
/// and dropout the part's place in it.
torch::Tensor relu_norm_pool(const torch::Tensor& y, const ReluNormPool& layers, bool training,
                             const BatchShare* share = nullptr);

/// The same with LibTorch's operators on any device: what the fast one is tested against.
torch::Tensor relu_norm_pool_reference(const torch::Tensor& y, const ReluNormPool& layers,
                                       bool training, const BatchShare* share = nullptr);

}  // namespace aver
