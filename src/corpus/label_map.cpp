#include "corpus/label_map.h"

#include <algorithm>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/error.h"
#include "base/toml.h"

namespace aver {

LabelMap::LabelMap(const fs::path& path) {
  toml::table content;
  const std::string toml = read_file(path);
  refuse_deep_toml(toml, path.string());
  try {
    content = toml::parse(toml);
  } catch (const toml::parse_error& error) {
    throw UsageError("--labels {}, line {}: {}", path.string(), error.source().begin.line,
                     error.description());
  } catch (const Error& error) {
    throw UsageError("--labels: {}", error.what());
  }
  for (const auto& [key, node] : content) {
    if (const auto closed = node.value_exact<bool>(); key.str() == "closed" && closed) {
      if (*closed) closed_ = path.string();
      continue;
    }
    const toml::table* labels = node.as_table();
    if (key.str() != "labels" || labels == nullptr) {
      throw UsageError(
          "--labels {}: '{}' has no meaning here; closed = true and a section [labels] are all "
          "there is",
          path.string(), key.str());
    }
    for (const auto& [label, name] : *labels) {
      const auto text = name.value_exact<std::string>();
      if (!text) {
        throw UsageError("--labels {}: the name of '{}' is no text in quotes", path.string(),
                         label.str());
      }
      names_.emplace(label.str(), *text);
    }
  }
  if (names_.empty()) throw UsageError("--labels {} names no label in [labels]", path.string());
}

std::optional<std::string> LabelMap::name(const std::string& label) const {
  const auto found = names_.find(label);
  if (found == names_.end()) {
    const auto is_it = [&](const auto& pair) { return pair.second == label; };
    if (!closed_.empty() && std::ranges::none_of(names_, is_it)) {
      throw UsageError("--labels {} does not know the label '{}', and says that it knows all",
                       closed_, label);
    }
    return label;
  }
  return found->second.empty() ? std::nullopt : std::optional(found->second);
}

}  // namespace aver
