#include "train/load_network.h"

#include "base/checked_size.h"
#include "base/error.h"
#include "nn/ensemble.h"
#include "nn/mirrored_answers.h"
#include "nn/two_heads.h"
#include "train/network_options.h"
#include "train/tensors.h"

namespace aver {
namespace {

/// The network that the options ask for, when the weights are as many: a few digits in a file must
/// not take all memory.
NetworkChoice choice_of(const ModelFile& model, const std::string& source) {
  std::size_t there = 0;
  for (const auto& [name, tensor] : model.weights) {
    there += checked_product(tensor.shape).value_or(0);
  }
  try {
    NetworkChoice choice = network_options(model);
    const auto members = static_cast<std::size_t>(model.members);
    if (const auto asked = choice.weights(); asked && *asked * members != there) {
      throw Error(
          "its options ask for a network of {} numbers, and its weights hold {}: they are not of "
          "one model; copy the file once more",
          *asked * members, there);
    }
    const auto& mean = model.normalisation.mean;
    if (model.kind != "visual" && !mean.empty() &&
        mean.size() != static_cast<std::size_t>(choice.as<SeriesNetworkOptions>().coefficients)) {
      throw Error("its normalisation is of {} coefficients, and its network reads {}", mean.size(),
                  choice.as<SeriesNetworkOptions>().coefficients);
    }
    return choice;
  } catch (const Error& error) {
    throw Error("{} cannot be used: {}", source, error.what());
  }
}

}  // namespace

std::shared_ptr<Network> load_network(const ModelFile& model, const std::string& source,
                                      const torch::Device& device) {
  if (find_architecture(model.kind, "") == nullptr) {
    throw Error("{} is a model of unknown kind \"{}\"", source, model.kind);
  }
  const NetworkChoice choice = choice_of(model, source);
  std::vector<std::shared_ptr<Network>> members;
  for (int i = 0; i < model.members; ++i) members.push_back(choice.make(0));
  std::shared_ptr<Network> network = members.front();
  if (members.size() > 1) network = std::make_shared<Ensemble>(members);
  load_weights(*network, model.weights, source);
  require_finite(model.weights, source);
  const Head head = model.class_columns > 0 ? Head::levels : Head::classes;
  for (auto& member : members) member = head_of(member, head, model.second_head.steps());
  network = members.front();
  if (members.size() > 1) network = std::make_shared<Ensemble>(std::move(members));
  if (model.mirrored_answers) network = std::make_shared<MirroredAnswers>(std::move(network));
  network->to(device);
  network->eval();
  return network;
}

void refuse_answers_of(const std::string& source) {
  throw Error(
      "{} cannot be used: it answers with values that are infinite or no numbers; its training "
      "diverged, or the file is damaged",
      source);
}

}  // namespace aver
