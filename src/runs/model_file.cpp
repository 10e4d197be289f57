#include "runs/model_file.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/finite.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/text.h"
#include "store/half_floats.h"

namespace aver {
namespace {

constexpr const char* kFormat = "aver-model";
constexpr const char* kMean = "normalisation.mean";
constexpr const char* kDeviation = "normalisation.deviation";
constexpr const char* kPriorClips = "normalisation.prior_clips";
constexpr const char* kWeights = "network.";
/// How a visual model answers that looks at each picture and its mirror image.
constexpr const char* kMirrored = "mirrored";

TensorBytes from_floats(const std::vector<float>& values) {
  TensorBytes tensor{"F32", {static_cast<std::int64_t>(values.size())}, {}};
  tensor.bytes.resize(values.size() * sizeof(float));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

std::vector<float> to_floats(const TensorBytes& tensor, const fs::path& path) {
  if (tensor.dtype != "F32" || tensor.shape.size() != 1) {
    throw Error("{} holds a normalisation that is no list of F32 numbers", path.string());
  }
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(float));
  if (first_not_finite(values)) {
    throw Error(
        "{} cannot be used: its normalisation holds values that are infinite or no numbers; copy "
        "the file once more",
        path.string());
  }
  return values;
}

const std::string& metadata(const Safetensors& content, const std::string& key,
                            const fs::path& path) {
  const auto found = content.metadata.find(key);
  if (found == content.metadata.end()) {
    throw Error("{} is no model of aver: its metadata has no \"{}\"", path.string(), key);
  }
  return found->second;
}

nlohmann::json json_metadata(const Safetensors& content, const std::string& key,
                             const fs::path& path) {
  const std::string& text = metadata(content, key, path);
  auto value = restore_bytes(parse_json(text));
  if (value.is_discarded()) {
    throw Error("{}: the metadata \"{}\" is no JSON, or nests too deep; copy the file once more",
                path.string(), key);
  }
  return value;
}

/// A whole number of the metadata in its range, where it is there.
void check_number(const nlohmann::json& object, const char* name, const char* key, int least,
                  int most, const fs::path& path) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return;
  try {
    const int number = whole_number<int>(*found);
    if (number >= least && number <= most) return;
  } catch (const NoWholeNumber&) {
    // The sentence is the same.
  }
  throw Error("{} cannot be used: its {}.{} is {}, where a whole number from {} to {} stands",
              path.string(), name, key, quoted_json(*found), least, most);
}

/// What training can have written.
void check_normalisation(const Normalisation& normalisation, const fs::path& path) {
  constexpr float kLeastDeviation = 9e-7F;  // rounded: smaller ones become 1
  constexpr float kMostClips = 1000;
  const auto check = [&](const char* name, const std::vector<float>& values, float least,
                         float most) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] >= least && values[i] <= most) continue;
      throw Error("{} cannot be used: its {}[{}] is {}, where a number {} stands", path.string(),
                  name, i, values[i],
                  most < std::numeric_limits<float>::max() ? fmt::format("from 0 to {}", most)
                                                           : "from 0.000001 up");
    }
  };
  check(kDeviation, normalisation.deviation, kLeastDeviation, std::numeric_limits<float>::max());
  check(kPriorClips, normalisation.prior_clips, 0, kMostClips);
}

// Who uses these later does not know the file any more.
void require_kinds(const ModelFile& model, const fs::path& path) {
  for (const auto& [key, value] :
       {std::pair{"input", &model.input}, std::pair{"network", &model.network},
        std::pair{"training", &model.training}}) {
    if (!value->is_object()) {
      throw Error("{}: the metadata \"{}\" is no JSON object", path.string(), key);
    }
  }
  reading_json(path.string(), "copy the file once more", [&] {
    model.input.value("frames", nlohmann::json::object()).get_ref<nlohmann::json::object_t&>();
    model.input.value("features", std::string());
  });
  constexpr int kSlowest = 1000, kFastest = 768'000;  // of the sounds that are read
  constexpr int kMost = std::numeric_limits<int>::max();
  check_number(model.input, "input", "sound-rate", kSlowest, kFastest, path);
  check_number(model.training, "training", "epoch", 0, kMost, path);
  check_number(model.training, "training", "fold", -1, kMost, path);
}

}  // namespace

ModelFile answering_levels(ModelFile model, const fs::path& path) {
  if (model.second_head.none()) {
    throw UsageError("--second-head: {} has none; a trainer makes one with --second-head COLUMN=…",
                     path.string());
  }
  model.class_columns = model.classes.size();
  model.classes = model.second_head.levels;
  return model;
}

std::string member_prefix(std::size_t member) {
  return fmt::format("member{}.", member);
}

std::string model_bytes(const ModelFile& model, const fs::path& path) {
  Safetensors content;
  content.metadata = {{"format", kFormat},
                      {"format_version", std::to_string(kModelFormat)},
                      {"kind", model.kind},
                      {"classes", nlohmann::json(model.classes).dump()},
                      {"input", dump_keeping_bytes(model.input)},
                      {"network", dump_keeping_bytes(model.network)},
                      {"training", dump_keeping_bytes(model.training)}};
  if (!model.architecture.empty()) content.metadata["architecture"] = model.architecture;
  if (model.mirrored_answers) content.metadata["answers"] = kMirrored;
  if (!model.second_head.none()) {
    content.metadata["second_head"] = dump_keeping_bytes(to_json(model.second_head));
  }
  if (model.members > 1) content.metadata["members"] = std::to_string(model.members);
  for (const auto& [name, tensor] : model.weights) content.tensors[kWeights + name] = tensor;
  if (!model.normalisation.empty()) {
    content.tensors[kMean] = from_floats(model.normalisation.mean);
    content.tensors[kDeviation] = from_floats(model.normalisation.deviation);
  }
  if (!model.normalisation.prior_clips.empty()) {
    content.tensors[kPriorClips] = from_floats(model.normalisation.prior_clips);
  }
  return safetensors_bytes(content, path.string());
}

void write_model(const fs::path& path, const ModelFile& model) {
  write_file(path, model_bytes(model, path));
}

bool is_model(const Safetensors& content) {
  const auto format = content.metadata.find("format");
  return format != content.metadata.end() && format->second == kFormat;
}

ModelFile model_in(const Safetensors& content, const fs::path& path, const std::string& kind) {
  if (metadata(content, "format", path) != kFormat) {
    throw Error("{} is a safetensors file of another kind (\"{}\"), no model of aver",
                path.string(), content.metadata.at("format"));
  }
  const std::string& version = metadata(content, "format_version", path);
  if (version != std::to_string(kModelFormat)) {
    throw Error("{} has model format {}, this build reads {}: use a newer aver", path.string(),
                version, kModelFormat);
  }
  ModelFile model;
  model.kind = metadata(content, "kind", path);
  if (!kind.empty() && model.kind != kind) {
    throw Error("{} is a model of kind \"{}\", a model of kind \"{}\" is needed here",
                path.string(), model.kind, kind);
  }
  try {
    model.classes = json_metadata(content, "classes", path).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw Error("{}: the metadata \"classes\" is no list of names", path.string());
  }
  const std::set<std::string> different(model.classes.begin(), model.classes.end());
  if (different.size() != model.classes.size() || different.contains("")) {
    throw Error("{}: its classes are not different names: {}", path.string(),
                fmt::join(model.classes, ", "));
  }
  model.input = json_metadata(content, "input", path);
  if (const auto found = content.metadata.find("architecture"); found != content.metadata.end()) {
    model.architecture = found->second;
  }
  if (content.metadata.contains("second_head")) {
    try {
      model.second_head = second_head_from(json_metadata(content, "second_head", path));
    } catch (const nlohmann::json::exception&) {
      throw Error("{} cannot be used: its second head is no column with levels", path.string());
    } catch (const Error& error) {
      throw Error("{} cannot be used: {}", path.string(), error.what());
    }
  }
  if (const auto found = content.metadata.find("answers"); found != content.metadata.end()) {
    if (found->second != kMirrored || model.kind != "visual") {
      throw Error("{} cannot be used: its answers are '{}', which this build does not know",
                  path.string(), found->second);
    }
    model.mirrored_answers = true;
  }
  if (const auto found = content.metadata.find("members"); found != content.metadata.end()) {
    constexpr int kMostMembers = 1000;
    const auto count = parse_integer(found->second);
    if (!count || *count < 1 || *count > kMostMembers) {
      throw Error("{} cannot be used: its members are '{}', where a number from 1 to {} stands",
                  path.string(), found->second, kMostMembers);
    }
    model.members = static_cast<int>(*count);
  }
  model.network = json_metadata(content, "network", path);
  model.training = json_metadata(content, "training", path);
  require_kinds(model, path);
  for (const auto& [name, tensor] : content.tensors) {
    if (name == kMean) {
      model.normalisation.mean = to_floats(tensor, path);
    } else if (name == kDeviation) {
      model.normalisation.deviation = to_floats(tensor, path);
    } else if (name == kPriorClips) {
      model.normalisation.prior_clips = to_floats(tensor, path);
    } else if (name.starts_with(kWeights)) {
      model.weights[name.substr(std::strlen(kWeights))] = as_f32(tensor);
    } else {
      throw Error("{} holds a tensor \"{}\" that no model of aver has", path.string(), name);
    }
  }
  if (model.normalisation.mean.size() != model.normalisation.deviation.size()) {
    throw Error("{}: mean and deviation of the normalisation differ in size", path.string());
  }
  check_normalisation(model.normalisation, path);
  const auto& prior = model.normalisation.prior_clips;
  if (!prior.empty() && prior.size() != model.normalisation.mean.size()) {
    throw Error("{}: what is known of its speakers does not fit its coefficients", path.string());
  }
  return model;
}

ModelFile read_model(const fs::path& given, const std::string& kind) {
  fs::path path = given;
  if (fs::is_directory(path)) {
    path /= "model.safetensors";
    if (!fs::exists(path)) {
      throw Error(
          "{} holds no model.safetensors: name a model file or the folder of a finished "
          "training run",
          given.string());
    }
  }
  return model_in(read_safetensors(path), path, kind);
}

}  // namespace aver
