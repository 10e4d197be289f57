#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/files.h"

namespace aver {

/// The keys and values of a TOML file, in its order; tables become objects. Throws Error with file
/// and line for what is no TOML, and for dates and times, which mean nothing here.
nlohmann::ordered_json read_toml(const fs::path& path);

/// A line "key = value" for each, as read_toml() reads them.
std::string toml_lines(const nlohmann::ordered_json& settings);

/// Throws Error for TOML with a key of more than 32 words between dots, or with lists and tables
/// more than 32 deep. Each word is a table in a table, and what takes those apart calls itself for
/// every one, on a stack that ends. Whoever parses TOML in another way asks this first.
void refuse_deep_toml(std::string_view text, const std::string& source);

}  // namespace aver
