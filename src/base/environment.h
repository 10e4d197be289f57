#pragma once

#include <functional>
#include <optional>
#include <string>

namespace aver {

/// The value of an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// This process's own.
std::optional<std::string> environment_variable(const std::string& name);

}  // namespace aver
