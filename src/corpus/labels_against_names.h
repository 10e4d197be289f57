#pragma once

#include <set>
#include <string>
#include <string_view>

namespace aver {

/// What a table says of clips or files, and what their names say.
class LabelsAgainstNames {
 public:
  void compare(const std::string& name, const std::string& label, const std::string& by_name);
  /// "in 60 of 60 clips (… is calm there and neutral by its name)"; "" when no label contradicts a
  /// name. `unit` is the plural.
  std::string found(std::string_view unit) const;

 private:
  std::set<std::string> compared_, against_;
  std::string example_;
};

}  // namespace aver
