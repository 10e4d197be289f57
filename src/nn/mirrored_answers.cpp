#include "nn/mirrored_answers.h"

#include <utility>

#include "nn/ensemble.h"

namespace aver {

MirroredAnswers::MirroredAnswers(std::shared_ptr<Network> network)
    : network_(register_module("network", std::move(network))) {}

std::vector<Network::Part> MirroredAnswers::parts() {
  std::vector<Part> all;
  for (const Part& part : network_->parts()) {
    all.push_back(part);
    all.push_back({part.network, !part.mirrored});
  }
  return all;
}

torch::Tensor MirroredAnswers::forward(torch::Tensor inputs, const torch::Tensor& lengths) {
  constexpr int kColumns = 3;  // of [N, channels, rows, columns]
  return mean_answer({network_->forward(inputs, lengths),
                      network_->forward(torch::flip(inputs, {kColumns}), lengths)});
}

}  // namespace aver
