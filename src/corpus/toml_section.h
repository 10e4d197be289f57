#pragma once

#include <toml++/toml.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aver {

/// One table of a description that people write. Every key that nobody asked for is an error, for
/// it would be a misspelt one. All functions throw Error that says where the section stands and
/// which key is wrong.
class Section {
 public:
  /// `where`: what messages call the section. The table must outlive it.
  Section(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  std::string text(const char* key, const std::string& otherwise = {});
  /// A text that must be there.
  std::string required(const char* key);
  /// A number from 0 up; 0 when it is not there.
  int count(const char* key);
  /// false when it is not there.
  bool flag(const char* key);
  std::vector<std::string> texts(const char* key);
  /// The texts of a table within this one, by their keys.
  std::map<std::string, std::string> pairs(const char* key);
  /// All values of this table that are not asked for otherwise.
  std::map<std::string, std::string> rest();
  /// A table within this one; an empty one when it is not there.
  const toml::table& sub(const char* key);
  /// The parts [[key]], in their order.
  std::vector<const toml::table*> list(const char* key);
  /// Throws Error for a key that nobody asked for, with the nearest that has a meaning.
  void no_others() const;

  const std::string& where() const { return where_; }

 private:
  const toml::table& table_;
  std::string where_;
  std::set<std::string> known_;
};

/// Reads TOML. Throws Error naming `source` and the line.
toml::table parse_toml(std::string_view text, const std::string& source);

}  // namespace aver
