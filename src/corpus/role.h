#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace aver {

/// The part of a split that a clip, or a frame of it, plays.
enum class Role { train, validation, test };
inline constexpr std::array kRoles = {Role::train, Role::validation, Role::test};

/// "train", "validation" or "test", as every file says it.
std::string_view name_of(Role role);
/// The same; "" for none, which a table has where nothing is known.
std::string_view name_of(std::optional<Role> role);
/// The role of each of several items; nothing for one that is in no part.
using Roles = std::vector<std::optional<Role>>;

/// The role of that name; nothing for any other name.
std::optional<Role> role_named(std::string_view name);
/// The role that people call so, in any case: "Training", "val", "dev", "TEST"…; nothing for any
/// other word.
std::optional<Role> role_called(std::string_view word);

}  // namespace aver
