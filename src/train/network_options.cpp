#include "train/network_options.h"

#include "base/error.h"

namespace aver {

NetworkChoice network_options(const ModelFile& model) {
  const auto* architecture = find_architecture(model.kind, model.architecture);
  if (architecture == nullptr) {
    const std::string known = architecture_names(model.kind);
    if (known.empty()) throw Error("it is of unknown kind \"{}\"", model.kind);
    throw Error(
        "its network is a \"{}\", which this build of aver does not have (known: {}): use "
        "the one it was trained with",
        model.architecture, known);
  }
  NetworkChoice network(*architecture);
  try {
    network.from_json(model.network);
  } catch (const Error& error) {
    throw Error("its network options cannot be read: {}", error.what());
  }
  const auto classes = model.class_columns > 0 ? model.class_columns : model.classes.size();
  network.set_classes(classes + static_cast<std::size_t>(model.second_head.steps()));
  return network;
}

}  // namespace aver
