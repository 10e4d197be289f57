#include "corpus/role.h"

#include <map>
#include <string>

#include "base/text.h"

namespace aver {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::train:
      return "train";
    case Role::validation:
      return "validation";
    default:
      return "test";
  }
}

std::string_view name_of(std::optional<Role> role) {
  return role ? name_of(*role) : std::string_view();
}

std::optional<Role> role_named(std::string_view name) {
  for (const Role role : kRoles) {
    if (name == name_of(role)) return role;
  }
  return std::nullopt;
}

std::optional<Role> role_called(std::string_view word) {
  static const std::map<std::string, Role> kWords = {
      {"train", Role::train},      {"training", Role::train},
      {"test", Role::test},        {"testing", Role::test},
      {"val", Role::validation},   {"valid", Role::validation},
      {"dev", Role::validation},   {"validation", Role::validation},
      {"devel", Role::validation}, {"development", Role::validation}};
  // "training_set" and "Test Set" are said too.
  std::string name = to_lower(trim(word));
  if (name.ends_with("set") && name.size() > 3) {
    name.resize(name.size() - 3);
    while (name.ends_with('_') || name.ends_with('-') || name.ends_with(' ')) name.pop_back();
  }
  const auto found = kWords.find(name);
  return found == kWords.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace aver
