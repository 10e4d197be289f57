#include "corpus/role.h"

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

}  // namespace aver
