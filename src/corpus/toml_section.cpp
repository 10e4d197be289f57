#include "corpus/toml_section.h"

#include "base/error.h"
#include "base/text.h"
#include "base/toml.h"

namespace aver {

std::string Section::text(const char* key, const std::string& otherwise) {
  known_.insert(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) return otherwise;
  if (const auto value = node->value_exact<std::string>()) return *value;
  throw Error("{}: {} is no text in quotes", where_, key);
}

std::string Section::required(const char* key) {
  const std::string value = text(key);
  if (value.empty()) {
    // A misspelt key is missing, and the word that stands there says more.
    std::vector<std::string> there;
    for (const auto& [name, node] : table_) there.emplace_back(name.str());
    const auto guess = nearest(key, there);
    throw Error("{}: {} is missing{}", where_, key,
                guess ? fmt::format("; is it what {} means?", *guess) : "");
  }
  return value;
}

int Section::count(const char* key) {
  known_.insert(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) return 0;
  constexpr std::int64_t kMost = 100'000;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= 0 && *value <= kMost) return static_cast<int>(*value);
  throw Error("{}: {} is no number from 0 to {}", where_, key, kMost);
}

bool Section::flag(const char* key) {
  known_.insert(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) return false;
  if (const auto value = node->value_exact<bool>()) return *value;
  throw Error("{}: {} is neither true nor false", where_, key);
}

std::vector<std::string> Section::texts(const char* key) {
  known_.insert(key);
  std::vector<std::string> list;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return list;
  const toml::array* array = node->as_array();
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (const auto value = (*array)[i].value_exact<std::string>()) list.push_back(*value);
  }
  if (array == nullptr || list.size() != array->size()) {
    throw Error("{}: {} is no list of texts", where_, key);
  }
  return list;
}

std::map<std::string, std::string> Section::pairs(const char* key) {
  known_.insert(key);
  std::map<std::string, std::string> result;
  for (const auto& [name, node] : sub(key)) {
    const auto value = node.value_exact<std::string>();
    if (!value) throw Error("{}: {}.{} is no text in quotes", where_, key, name.str());
    result.emplace(name.str(), *value);
  }
  return result;
}

std::map<std::string, std::string> Section::rest() {
  std::map<std::string, std::string> result;
  for (const auto& [name, node] : table_) {
    if (known_.contains(std::string(name.str()))) continue;
    const auto value = node.value_exact<std::string>();
    if (!value) throw Error("{}: {} is no text in quotes", where_, name.str());
    result.emplace(name.str(), *value);
    known_.emplace(name.str());
  }
  return result;
}

const toml::table& Section::sub(const char* key) {
  known_.insert(key);
  static const toml::table kNone;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return kNone;
  if (const toml::table* table = node->as_table()) return *table;
  throw Error("{}: [{}] is no section", where_, key);
}

std::vector<const toml::table*> Section::list(const char* key) {
  known_.insert(key);
  std::vector<const toml::table*> tables;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (const toml::table* table = (*array)[i].as_table()) tables.push_back(table);
  }
  if (array == nullptr || tables.size() != array->size()) {
    throw Error("{}: each part of it begins with [[{}]]", where_, key);
  }
  return tables;
}

void Section::no_others() const {
  const std::vector<std::string> names(known_.begin(), known_.end());
  for (const auto& [name, node] : table_) {
    const std::string key(name.str());
    if (known_.contains(key)) continue;
    const auto guess = nearest(key, names);
    throw Error("{}: unknown key '{}'{}", where_, key,
                guess ? fmt::format("; did you mean '{}'?", *guess)
                      : fmt::format("; its keys are {}", fmt::join(names, ", ")));
  }
}

toml::table parse_toml(std::string_view text, const std::string& source) {
  refuse_deep_toml(text, source);
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw Error("{}, line {}: {}", source, error.source().begin.line, error.description());
  }
}

}  // namespace aver
