#include "nn/mirrored_answers.h"

#include <utility>

namespace aver {

MirroredAnswers::MirroredAnswers(std::shared_ptr<Network> network)
    : network_(register_module("network", std::move(network))) {}

torch::Tensor MirroredAnswers::forward(torch::Tensor inputs, const torch::Tensor& lengths) {
  constexpr int kColumns = 3;  // of [N, channels, rows, columns]
  const auto own = torch::softmax(network_->forward(inputs, lengths), 1);
  const auto mirrored =
      torch::softmax(network_->forward(torch::flip(inputs, {kColumns}), lengths), 1);
  return torch::log((own + mirrored) / 2);
}

}  // namespace aver
