#include "nn/ensemble.h"

#include <string>
#include <utility>

namespace aver {

Ensemble::Ensemble(std::vector<std::shared_ptr<Network>> members) : members_(std::move(members)) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    register_module("member" + std::to_string(i), members_[i]);
  }
}

torch::Tensor Ensemble::forward(torch::Tensor inputs, const torch::Tensor& lengths) {
  torch::Tensor sum;
  for (const auto& member : members_) {
    const auto distribution = torch::softmax(member->forward(inputs, lengths), 1);
    sum = sum.defined() ? sum + distribution : distribution;
  }
  return torch::log(sum / static_cast<double>(members_.size()));
}

}  // namespace aver
