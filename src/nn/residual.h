#pragma once

#include <torch/torch.h>

#include <string>

#include "nn/network.h"

// What networks of residual blocks have in common.
namespace aver {

/// A convolution of `side` x `side` with zeros around, so that a stride of 1 keeps the size.
torch::nn::Conv2d padded_convolution(std::int64_t from, std::int64_t to, std::int64_t side,
                                     torch::ExpandingArray<2> stride);

/// A tenth of whose running statistics is new at each step.
torch::nn::BatchNorm2d usual_norm(std::int64_t channels);

/// Two convolutions of 3 x 3, each with ReLU and batch normalisation, and what passes them by.
struct ResidualBlock {
  torch::nn::Conv2d first = nullptr, second = nullptr;
  torch::nn::BatchNorm2d first_norm = nullptr, second_norm = nullptr;
  torch::nn::Conv2d past = nullptr;  ///< 1 x 1; null where the input passes by as it is
};

/// A block whose first convolution has the stride, its layers registered as NAME_conv1 and so on.
/// Where `always` says so, a convolution passes by also between equal sizes.
ResidualBlock register_residual_block(torch::nn::Module& network, const std::string& name,
                                      std::int64_t from, std::int64_t to,
                                      torch::ExpandingArray<2> stride, bool always);

/// A network of such blocks, every layer of which is noted on its own.
class ResidualNetwork : public Network {
 protected:
  /// Convolution, ReLU and batch normalisation, and 2x2 max-pooling where asked for.
  torch::Tensor normalised(const std::string& name, const std::string& norm_name,
                           const torch::Tensor& x, const torch::nn::Conv2d& layer,
                           const torch::nn::BatchNorm2d& norm, bool pooled = false) const;

  /// What passes a block by.
  torch::Tensor passed_by(const std::string& name, torch::Tensor x,
                          const ResidualBlock& block) const;

 private:
  /// The layer's output; its product in bfloat16 where the network trains so.
  torch::Tensor convolve(const torch::Tensor& x, const torch::nn::Conv2d& layer) const;
};

}  // namespace aver
