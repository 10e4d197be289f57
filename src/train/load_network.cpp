#include "train/load_network.h"

#include "base/error.h"
#include "train/network_options.h"
#include "train/tensors.h"

namespace aver {

std::shared_ptr<Network> load_network(const ModelFile& model, const std::string& source,
                                      const torch::Device& device) {
  if (find_architecture(model.kind, "") == nullptr) {
    throw Error("{} is a model of unknown kind \"{}\"", source, model.kind);
  }
  auto network = network_options(model).make(0);
  load_weights(*network, model.weights, source);
  network->to(device);
  network->eval();
  return network;
}

}  // namespace aver
