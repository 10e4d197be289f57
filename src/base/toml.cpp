#include "base/toml.h"

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace aver {
namespace {

using nlohmann::ordered_json;

ordered_json value_of(const toml::node& node, const fs::path& path);

// toml++ sorts by key; a file is told again in its own order.
ordered_json object_of(const toml::table& table, const fs::path& path) {
  std::vector<std::pair<std::string, const toml::node*>> items;
  for (const auto& [key, node] : table) items.emplace_back(key.str(), &node);
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return a.second->source().begin < b.second->source().begin;
  });
  ordered_json object = ordered_json::object();
  for (const auto& [key, node] : items) object[key] = value_of(*node, path);
  return object;
}

ordered_json value_of(const toml::node& node, const fs::path& path) {
  if (const auto* table = node.as_table()) return object_of(*table, path);
  if (const auto* array = node.as_array()) {
    ordered_json list = ordered_json::array();
    for (const auto& item : *array) list.push_back(value_of(item, path));
    return list;
  }
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return *number;
  if (const auto number = node.value_exact<double>()) return *number;
  if (const auto truth = node.value_exact<bool>()) return *truth;
  throw Error("{}, line {}: a date or time has no meaning here", path.string(),
              node.source().begin.line);
}

}  // namespace

ordered_json read_toml(const fs::path& path) {
  try {
    return object_of(toml::parse(read_file(path)), path);
  } catch (const toml::parse_error& error) {
    throw Error("{}, line {}: {}", path.string(), error.source().begin.line, error.description());
  }
}

}  // namespace aver
