#include "nn/ensemble.h"

#include <string>
#include <utility>

namespace aver {

torch::Tensor mean_answer(const std::vector<torch::Tensor>& logits) {
  torch::Tensor sum;
  for (const torch::Tensor& own : logits) {
    const auto distribution = torch::softmax(own, 1);
    sum = sum.defined() ? sum + distribution : distribution;
  }
  return torch::log(sum / static_cast<double>(logits.size()));
}

Ensemble::Ensemble(std::vector<std::shared_ptr<Network>> members) : members_(std::move(members)) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    // The name that member_prefix() of model files has.
    register_module("member" + std::to_string(i), members_[i]);
  }
}

std::vector<Network::Part> Ensemble::parts() {
  std::vector<Part> all;
  for (const auto& member : members_) {
    for (const Part& part : member->parts()) all.push_back(part);
  }
  return all;
}

torch::Tensor Ensemble::forward(torch::Tensor inputs, const torch::Tensor& lengths) {
  std::vector<torch::Tensor> logits;
  for (const auto& member : members_) logits.push_back(member->forward(inputs, lengths));
  return mean_answer(logits);
}

}  // namespace aver
