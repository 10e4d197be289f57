#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"

namespace aver {

/// Which answer of a network with two: its classes, or how far an item is along ordered levels.
/// Their columns stand side by side in its output, those of the L - 1 steps between L levels last.
enum class Head { classes, levels };

/// The logits of the classes, [N, classes], of an output [N, classes + steps].
torch::Tensor class_logits(const torch::Tensor& output, std::int64_t steps);

/// The logarithms of the levels' probabilities, [N, steps + 1]. Each of the last columns is the
/// logit of going on from one level to the next (the continuation ratio model: Fienberg 1980,
/// Agresti 2010), so that whatever they are, the levels share 1 among them.
torch::Tensor level_logits(const torch::Tensor& output, std::int64_t steps);

/// A trained network of which one answer is asked. It predicts alone.
class OneHead final : public Network {
 public:
  OneHead(std::shared_ptr<Network> network, Head head, std::int64_t steps);

  torch::Tensor forward(torch::Tensor inputs, const torch::Tensor& lengths) override;
  std::vector<std::int64_t> input_shape() const override { return network_->input_shape(); }
  std::string layer_with_places() const override { return network_->layer_with_places(); }
  bool takes_any_length() const override { return network_->takes_any_length(); }

 private:
  std::shared_ptr<Network> network_;
  Head head_;
  std::int64_t steps_;
};

/// The same network where it has one answer alone, which `steps` 0 says.
std::shared_ptr<Network> head_of(std::shared_ptr<Network> network, Head head, std::int64_t steps);

}  // namespace aver
