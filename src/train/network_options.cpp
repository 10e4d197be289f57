#include "train/network_options.h"

#include "base/error.h"
#include "base/options.h"

namespace aver {
namespace {

// What a model file says of its network: what a user chose, and for audio what the input brought.
Options recorded(VisualNetOptions& network) {
  Options options;
  network.describe(options);
  return options;
}

Options recorded(AudioNetOptions& network) {
  Options options;
  network.describe_input(options);
  network.describe(options);
  return options;
}

template <typename NetOptions>
NetOptions read_options(const ModelFile& model) {
  NetOptions network;
  try {
    recorded(network).from_json(model.network);
  } catch (const Error& error) {
    throw Error("The model's network options cannot be read: {}", error.what());
  }
  network.classes = static_cast<int>(model.classes.size());
  return network;
}

}  // namespace

nlohmann::json to_json(VisualNetOptions network) {
  return recorded(network).to_json();
}

nlohmann::json to_json(AudioNetOptions network) {
  return recorded(network).to_json();
}

VisualNetOptions visual_options(const ModelFile& model) {
  return read_options<VisualNetOptions>(model);
}

AudioNetOptions audio_options(const ModelFile& model) {
  return read_options<AudioNetOptions>(model);
}

}  // namespace aver
