#include "train/load_network.h"

#include "base/error.h"
#include "train/network_options.h"
#include "train/tensors.h"

namespace aver {
namespace {

/// Such a model answers every clip with its first class.
void refuse_diverged(const ModelFile& model, const std::string& source) {
  for (const auto& [name, bytes] : model.weights) {
    const torch::Tensor tensor = to_tensor(bytes);
    if (tensor.is_floating_point() && !torch::isfinite(tensor).all().item<bool>()) {
      throw Error(
          "{} cannot be used: its weights \"{}\" hold values that are infinite or no numbers; its "
          "training diverged, or the file is damaged",
          source, name);
    }
  }
}

}  // namespace

std::shared_ptr<Network> load_network(const ModelFile& model, const std::string& source,
                                      const torch::Device& device) {
  if (find_architecture(model.kind, "") == nullptr) {
    throw Error("{} is a model of unknown kind \"{}\"", source, model.kind);
  }
  auto network = network_options(model).make(0);
  load_weights(*network, model.weights, source);
  refuse_diverged(model, source);
  network->to(device);
  network->eval();
  return network;
}

}  // namespace aver
