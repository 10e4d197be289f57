#include "train/start.h"

#include <optional>

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

constexpr const char* kStartFrom = "start-from";
constexpr std::string_view kOutput = "output.";  // how every network calls its last layer

/// What is in the file, and of a model of aver what is known of it.
struct Source {
  std::map<std::string, TensorBytes> weights;
  std::optional<ModelFile> model;
};

Source source_of(const StartOptions& options) {
  const std::string name = options.file.string();
  const fs::path folder = options.file.parent_path();
  if (!fs::exists(options.file) && fs::is_directory(folder / "fold-0")) {
    throw Error("--start-from: {} holds folds; training begins with one model, such as {}",
                folder.string(), (folder / "fold-0").string());
  }
  const std::string bytes = read_file(options.file);
  if (!options.known_by.empty() && !is_known_by(options.known_by, bytes)) {
    throw Error("--start-from: {} is another file than the one that is known by {}", name,
                options.known_by);
  }
  Safetensors content = parse_safetensors(bytes, name);
  Source source;
  if (is_model(content)) {
    source.model = model_in(content, options.file, "");
    if (source.model->members > 1) {
      throw Error(
          "--start-from: {} is the mean of {} networks, and training begins with one: name "
          "that of a seed",
          name, source.model->members);
    }
    source.weights = std::move(source.model->weights);
  } else {
    for (auto& [key, tensor] : content.tensors) source.weights[key] = as_f32(std::move(tensor));
  }
  require_finite(source.weights, name);
  return source;
}

/// Whether a tensor of the file can stand where this one does.
bool fits(const TensorBytes& found, const torch::Tensor& own) {
  const char* dtype = own.scalar_type() == torch::kFloat32 ? "F32" : "I64";
  return found.dtype == dtype && found.shape == own.sizes().vec();
}

std::string mark_in(const nlohmann::json& training) {
  const auto recipe = training.find("recipe");
  return recipe == training.end() ? "" : mark_of_known_file(*recipe, kStartFrom);
}

std::string begun_with(const std::string& mark) {
  return mark.empty() ? "" : "Training began with the weights of " + mark;
}

std::string note_of(const StartOptions& options, const Source& source) {
  std::string note = begun_with(options.known_by);
  if (!source.model) return note;
  const auto& training = source.model->training;
  if (const auto before = mark_in(training); !before.empty()) {
    note += ", which had begun with those of " + before;
  }
  if (trained_on(training).empty()) note += ", which does not say whom it has met";
  return note;
}

}  // namespace

std::string start_note(const nlohmann::json& training) {
  return begun_with(mark_in(training));
}

void StartOptions::describe(Options& options) {
  describe_known_file(
      options, kStartFrom, {file, known_by},
      "Begin with the weights of this model or safetensors file, where name and shape are those of "
      "the network's (of the output only with the same classes); the others are drawn")
      .unsaid_at("");
  options
      .result("started-rate", rate,
              "What the rate of those weights is multiplied with (0 = they stay as they are)")
      .from_to(0, 1)
      .unsaid_at(1);
  options.check([this](std::vector<std::string>& problems) {
    if (rate != 1 && none()) problems.emplace_back("--started-rate needs --start-from");
    if (!known_by.empty() && none()) {
      problems.emplace_back("--start-from-known-by needs --start-from");
    }
  });
}

void StartOptions::check() const {
  if (!none()) source_of(*this);
}

Start start_from(Network& network, const StartOptions& options, const ModelFile& model) {
  Start start;
  if (options.none()) return start;
  const std::string name = options.file.string();
  const Source source = source_of(options);
  const bool same_output = source.model && source.model->classes == model.classes &&
                           source.model->second_head.column == model.second_head.column &&
                           source.model->second_head.levels == model.second_head.levels;
  const auto take = [&](const std::string& key, torch::Tensor own) {
    const auto found = source.weights.find(key);
    if (found == source.weights.end() || !fits(found->second, own)) return false;
    if (key.starts_with(kOutput) && !same_output) return false;
    own.copy_(to_tensor(found->second));
    start.taken.insert(key);
    return true;
  };
  torch::NoGradGuard no_grad;
  std::vector<std::string> drawn;
  for (auto& item : network.named_parameters()) {
    if (!take(item.key(), item.value())) {
      drawn.push_back(item.key());
    } else if (options.rate == 0) {
      item.value().set_requires_grad(false);
    }
  }
  const std::size_t taken = start.taken.size();
  if (taken == 0) {
    throw Error("--start-from: {} holds nothing of this network, whose weights are {}", name,
                fmt::join(drawn, ", "));
  }
  if (options.rate == 0 && drawn.empty()) {
    throw Error("--started-rate 0 leaves nothing to train: all weights are those of {}", name);
  }
  for (const auto& buffer : network.named_buffers()) take(buffer.key(), buffer.value());
  start.is_little = taken < drawn.size();
  start.remark = fmt::format(
      "{} of {} begin as {} has them{}", taken, counted(taken + drawn.size(), "weights"),
      options.known_by, drawn.empty() ? "" : fmt::format("; drawn: {}", fmt::join(drawn, ", ")));
  start.note = note_of(options, source);
  if (source.model) start.people = trained_on(source.model->training);
  return start;
}

}  // namespace aver
