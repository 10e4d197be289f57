#include "nn/two_heads.h"

#include <utility>
#include <vector>

namespace aver {

torch::Tensor class_logits(const torch::Tensor& output, std::int64_t steps) {
  return steps == 0 ? output : output.narrow(1, 0, output.size(1) - steps);
}

torch::Tensor level_logits(const torch::Tensor& output, std::int64_t steps) {
  const auto onward = output.narrow(1, output.size(1) - steps, steps);
  const auto goes_on = torch::log_sigmoid(onward), stays = torch::log_sigmoid(-onward);
  std::vector<torch::Tensor> levels;
  auto reached = torch::zeros_like(goes_on.select(1, 0));
  for (std::int64_t step = 0; step < steps; ++step) {
    levels.push_back(reached + stays.select(1, step));
    reached = reached + goes_on.select(1, step);
  }
  levels.push_back(reached);
  return torch::stack(levels, 1);
}

OneHead::OneHead(std::shared_ptr<Network> network, Head head, std::int64_t steps)
    : network_(register_module("network", std::move(network))), head_(head), steps_(steps) {}

torch::Tensor OneHead::forward(torch::Tensor inputs, const torch::Tensor& lengths) {
  // Threads that predict side by side set neither.
  if (network_->kept != kept) network_->kept = kept;
  if (network_->trace != trace) network_->trace = trace;
  const auto output = network_->forward(std::move(inputs), lengths);
  return head_ == Head::classes ? class_logits(output, steps_) : level_logits(output, steps_);
}

std::shared_ptr<Network> head_of(std::shared_ptr<Network> network, Head head, std::int64_t steps) {
  if (steps == 0) return network;
  return std::make_shared<OneHead>(std::move(network), head, steps);
}

}  // namespace aver
