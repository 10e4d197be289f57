#pragma once

#include <torch/torch.h>

#include "nn/batch_share.h"

namespace aver {

/// Parts of networks that read clips of any length: each clip of a batch ([N, steps, features]) has
/// its own number of steps, and what is padded has no say.

/// float32 [N, all]: 1 for a clip's own steps.
torch::Tensor mask_of(const torch::Tensor& steps, std::int64_t all);

/// Steps of the longest clip of the whole batch, whichever process has it: those beyond are padding
/// in all of them. `share` is null outside a group's training.
std::int64_t longest_of(const torch::Tensor& steps, const BatchShare* share);

/// [N, 2 · features]: mean and deviation of the steps [N, steps, features] by `weights`
/// [N, steps, 1], which add up to 1.
torch::Tensor mean_and_deviation(const torch::Tensor& states, const torch::Tensor& weights);

/// [N, 2 · features]: mean and deviation of the steps, weighed by attention: a dense layer with
/// tanh, one that gives each step a number, and their softmax over the clip's own steps.
class AttentionPoolingImpl : public torch::nn::Module {
 public:
  AttentionPoolingImpl(std::int64_t features, std::int64_t units);
  torch::Tensor forward(const torch::Tensor& states, const torch::Tensor& mask);

 private:
  torch::nn::Linear weigh_ = nullptr, weight_ = nullptr;
};
TORCH_MODULE(AttentionPooling);

}  // namespace aver
