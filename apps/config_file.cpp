#include "config_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "base/toml.h"

namespace aver::cli {
namespace {

/// A value of a config file as the words the command line would have for it.
Words words_of(const nlohmann::ordered_json& value) {
  Words words;
  if (!value.is_array()) {
    words.push_back(value.is_string()         ? value.get<std::string>()
                    : value.is_number_float() ? fmt::format("{}", value.get<double>())
                                              : value.dump());
    return words;
  }
  for (const auto& item : value) {
    for (auto& word : words_of(item)) words.push_back(std::move(word));
  }
  return words;
}

bool has_section(const nlohmann::ordered_json& value) {
  return value.is_object() ||
         (value.is_array() && std::any_of(value.begin(), value.end(), has_section));
}

}  // namespace

std::map<std::string, Words> read_config_file(const std::string& path, const std::string& tool,
                                              const Options& options) {
  nlohmann::ordered_json items;
  try {
    items = read_toml(path);
  } catch (const Error& error) {
    throw UsageError("{}", error.what());
  }
  std::vector<std::string> known;
  for (const Option& option : options.all()) {
    if (option.in_config_file()) known.push_back(option.name());
  }
  std::map<std::string, Words> given;
  for (const auto& [name, value] : items.items()) {
    if (has_section(value)) {
      throw UsageError("{}: section [{}] has no meaning here; each tool has its own file", path,
                       name);
    }
    if (name == kToolKey) {  // of the config.toml that a run writes
      if (value == tool) continue;
      throw UsageError("{} is of {}, not of {}", path, fmt::join(words_of(value), ","), tool);
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto guess = nearest(name, known);
      throw UsageError("{}: unknown key '{}' for {}{}", path, name, tool,
                       guess ? fmt::format("; did you mean '{}'?", *guess)
                             : fmt::format("; its keys are {}", fmt::join(known, ", ")));
    }
    given[name] = words_of(value);
  }
  return given;
}

std::optional<std::string> peek_config_file(const std::string& path, const std::string& key) {
  try {
    const auto items = read_toml(path);
    const auto found = items.find(key);
    if (found != items.end() && found->is_string()) return found->get<std::string>();
  } catch (const Error&) {  // is told when all options are read
  }
  return std::nullopt;
}

}  // namespace aver::cli
