#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// The class that one of RAVDESS's names says, of a clip, a file or a frame; nothing for a name of
/// others.
std::optional<std::string> label_in_name(std::string_view name);

/// What a table, a folder or a stage says of clips or files, and what their names say. Spellings of
/// one class are no contradiction.
class LabelsAgainstNames {
 public:
  void compare(const std::string& name, const std::string& label, const std::string& by_name);
  /// The same with label_in_name(). Labels that are no known class ("high") contradict nothing.
  void compare(const std::string& name, const std::string& label);
  /// "in 60 of 60 clips (A is calm there and neutral by its name, B is …, …)", which names three;
  /// "" when no label contradicts a name. `unit` is the plural.
  std::string found(std::string_view unit) const;

 private:
  std::set<std::string> compared_, against_;
  std::vector<std::string> examples_;
};

}  // namespace aver
