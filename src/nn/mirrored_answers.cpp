#include "nn/mirrored_answers.h"

#include <utility>

#include "nn/ensemble.h"

namespace aver {

MirroredAnswers::MirroredAnswers(std::shared_ptr<Network> network)
    : network_(register_module("network", std::move(network))) {}

torch::Tensor MirroredAnswers::forward(torch::Tensor inputs, const torch::Tensor& lengths) {
  constexpr int kColumns = 3;  // of [N, channels, rows, columns]
  return mean_answer({network_->forward(inputs, lengths),
                      network_->forward(torch::flip(inputs, {kColumns}), lengths)});
}

}  // namespace aver
