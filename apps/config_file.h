#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/options.h"

namespace aver::cli {

/// What a TOML file says of a tool's options, as the words the command line would have for it.
/// Throws UsageError for a file that cannot be read, is of another tool, or has keys that this one
/// does not know.
std::map<std::string, Words> read_config_file(const std::string& path, const std::string& tool,
                                              const Options& options);

/// The text that a file gives one key; nothing when it cannot be read or has none.
std::optional<std::string> peek_config_file(const std::string& path, const std::string& key);

}  // namespace aver::cli
