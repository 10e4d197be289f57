#include "nn/sequence.h"

namespace aver {

torch::Tensor mask_of(const torch::Tensor& steps, std::int64_t all) {
  return torch::arange(all, torch::kInt64).unsqueeze(0).lt(steps.unsqueeze(1)).to(torch::kFloat32);
}

std::int64_t longest_of(const torch::Tensor& steps, const BatchShare* share) {
  if (share == nullptr) return steps.numel() > 0 ? steps.max().item<std::int64_t>() : 1;
  auto all = torch::zeros({share->batch}, torch::kFloat32);
  all.narrow(0, share->begin, steps.numel()).copy_(steps);
  share->sum(all);
  return static_cast<std::int64_t>(all.max().item<float>());
}

torch::Tensor mean_and_deviation(const torch::Tensor& states, const torch::Tensor& weights) {
  const auto mean = (weights * states).sum(1);
  const auto variance = (weights * states.square()).sum(1) - mean.square();
  return torch::cat({mean, variance.clamp_min(1e-6).sqrt()}, 1);
}

AttentionPoolingImpl::AttentionPoolingImpl(std::int64_t features, std::int64_t units) {
  weigh_ = register_module("weigh", torch::nn::Linear(features, units));
  weight_ = register_module("weight", torch::nn::Linear(units, 1));
}

torch::Tensor AttentionPoolingImpl::forward(const torch::Tensor& states,
                                            const torch::Tensor& mask) {
  auto scores = weight_(torch::tanh(weigh_(states))).squeeze(2);
  scores = scores.masked_fill(mask.eq(0), -1e9);
  return mean_and_deviation(states, torch::softmax(scores, 1).unsqueeze(2));
}

}  // namespace aver
