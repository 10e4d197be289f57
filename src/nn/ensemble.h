#pragma once

#include <memory>
#include <vector>

#include "nn/network.h"

namespace aver {

/// The logarithm of the mean of the distributions that logits of one shape stand for.
torch::Tensor mean_answer(const std::vector<torch::Tensor>& logits);

/// Several networks of one shape as one: its answer is the mean of their distributions. It is made
/// of trained members and predicts alone.
class Ensemble final : public Network {
 public:
  /// At least one.
  explicit Ensemble(std::vector<std::shared_ptr<Network>> members);

  /// The logarithm of the mean distribution, [N, classes].
  torch::Tensor forward(torch::Tensor inputs, const torch::Tensor& lengths) override;
  std::vector<std::int64_t> input_shape() const override { return members_.front()->input_shape(); }
  std::vector<Part> parts() override;

 private:
  std::vector<std::shared_ptr<Network>> members_;
};

}  // namespace aver
