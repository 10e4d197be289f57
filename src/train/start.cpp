#include "train/start.h"

#include <spdlog/spdlog.h>

#include "base/error.h"
#include "base/known_file.h"
#include "base/options.h"
#include "base/text.h"
#include "nn/network.h"
#include "runs/model_file.h"
#include "store/half_floats.h"
#include "train/tensors.h"

namespace aver {
namespace {

std::map<std::string, TensorBytes> weights_in(const fs::path& file) {
  Safetensors content = read_safetensors(file);
  if (content.metadata.contains("format")) {
    ModelFile model = read_model(file, "");
    if (model.members > 1) {
      throw Error(
          "{} is the mean of {} networks, and training begins with one: name that of a seed",
          file.string(), model.members);
    }
    return std::move(model.weights);
  }
  for (auto& [name, tensor] : content.tensors) tensor = as_f32(std::move(tensor));
  return std::move(content.tensors);
}

}  // namespace

void StartOptions::describe(Options& options) {
  describe_known_file(
      options, "start-from", {file, known_by},
      "Begin with the weights of this model or safetensors file, where name and shape are those of "
      "the network's; the others are drawn")
      .unsaid_at("");
  options
      .result("started-rate", rate,
              "What the rate of those weights is multiplied with (0 = they stay as they are)")
      .from_to(0, 1)
      .unsaid_at(1);
  options.check([this](std::vector<std::string>& problems) {
    if (rate != 1 && file.empty()) problems.emplace_back("--started-rate needs --start-from");
  });
}

std::set<std::string> start_from(Network& network, const StartOptions& options) {
  std::set<std::string> taken;
  if (options.file.empty()) return taken;
  const std::string source = options.file.string();
  const auto weights = weights_in(options.file);
  require_finite(weights, source);
  torch::NoGradGuard no_grad;
  auto own = network.named_parameters();
  const std::size_t trained = own.size();
  for (const auto& buffer : network.named_buffers()) own.insert(buffer.key(), buffer.value());
  std::vector<std::string> drawn;
  for (std::size_t i = 0; i < own.size(); ++i) {
    auto& item = own[i];
    const auto found = weights.find(item.key());
    if (found == weights.end() || found->second.shape != item.value().sizes().vec()) {
      if (i < trained) drawn.push_back(item.key());
      continue;
    }
    item.value().copy_(to_tensor(found->second));
    if (options.rate == 0) item.value().set_requires_grad(false);
    taken.insert(item.key());
  }
  if (taken.empty()) {
    throw Error("--start-from: {} holds nothing of this network, whose weights are {}", source,
                fmt::join(drawn, ", "));
  }
  if (options.rate == 0 && drawn.empty()) {
    throw Error("--started-rate 0 leaves nothing to train: all weights are those of {}", source);
  }
  spdlog::info("{} of {} begin as {} has them{}", taken.size(), counted(own.size(), "tensors"),
               source, drawn.empty() ? "" : fmt::format("; drawn: {}", fmt::join(drawn, ", ")));
  return taken;
}

}  // namespace aver
