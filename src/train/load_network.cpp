#include "train/load_network.h"

#include "base/error.h"
#include "nn/audio_net.h"
#include "nn/visual_net.h"
#include "train/network_options.h"
#include "train/tensors.h"

namespace aver {

std::shared_ptr<Network> load_network(const ModelFile& model, const std::string& source,
                                      const torch::Device& device) {
  std::shared_ptr<Network> network;
  if (model.kind == "visual") {
    network = make_visual_net(visual_options(model), 0);
  } else if (model.kind == "audio") {
    network = make_audio_net(audio_options(model), 0);
  } else {
    throw Error("{} is a model of unknown kind \"{}\"", source, model.kind);
  }
  load_weights(*network, model.weights, source);
  network->to(device);
  network->eval();
  return network;
}

}  // namespace aver
