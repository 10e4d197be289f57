#pragma once

#include <memory>

#include "nn/network.h"

namespace aver {

/// A trained network of pictures that answers with the mean of two distributions: of a picture and
/// of its mirror image. It predicts alone.
class MirroredAnswers final : public Network {
 public:
  explicit MirroredAnswers(std::shared_ptr<Network> network);

  /// The logarithm of the mean distribution, [N, classes].
  torch::Tensor forward(torch::Tensor inputs, const torch::Tensor& lengths) override;
  std::vector<std::int64_t> input_shape() const override { return network_->input_shape(); }
  std::vector<Part> parts() override;

 private:
  std::shared_ptr<Network> network_;
};

}  // namespace aver
