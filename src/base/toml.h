#pragma once

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace aver {

/// The keys and values of a TOML file, in its order; tables become objects. Throws Error with file
/// and line for what is no TOML, and for dates and times, which mean nothing here.
nlohmann::ordered_json read_toml(const fs::path& path);

}  // namespace aver
