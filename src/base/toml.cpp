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

std::string toml_lines(const ordered_json& settings) {
  std::string text;
  for (const auto& [key, value] : settings.items()) {
    text += fmt::format("{} = {}\n", key, value.dump());
  }
  return text;
}

void refuse_deep_toml(std::string_view text, const std::string& source) {
  constexpr int kLongestKey = 32, kDeepest = 32;
  std::size_t line = 1;
  int words = 1, depth = 0;
  char quote = 0;
  bool several_lines = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool three = text.substr(i, 3) == std::string(3, c);
    line += c == '\n';
    if (quote != 0) {
      if (c == '\\' && quote == '"') {
        ++i;
      } else if (several_lines && c == quote && three) {
        quote = 0;
        i += 2;
        while (i + 1 < text.size() && text[i + 1] == c) ++i;
      } else if (!several_lines && (c == quote || c == '\n')) {
        quote = 0;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      several_lines = three;
      if (three) i += 2;
    } else if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (std::string_view("\n=,{}[]").find(c) != std::string_view::npos) {
      words = 1;
      depth += (c == '{' || c == '[') - (c == '}' || c == ']');
      if (depth > kDeepest) {
        throw Error(
            "{}, line {}: lists or tables in one another, more than {} deep, have no meaning "
            "here",
            source, line, kDeepest);
      }
    } else if (c == '.' && ++words > kLongestKey) {
      throw Error("{}, line {}: a key of more than {} words between dots has no meaning here",
                  source, line, kLongestKey);
    }
  }
}

ordered_json read_toml(const fs::path& path) {
  const std::string text = read_file(path);
  refuse_deep_toml(text, path.string());
  try {
    return object_of(toml::parse(text), path);
  } catch (const toml::parse_error& error) {
    throw Error("{}, line {}: {}", path.string(), error.source().begin.line, error.description());
  }
}

}  // namespace aver
