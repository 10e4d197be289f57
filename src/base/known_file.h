#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/files.h"

namespace aver {

class Option;
class Options;

/// A file that results are made with and that belongs to the user: records know it by its name,
/// size and fingerprint ("encoder.safetensors, 5712345-0123456789abcdef"), wherever it lies.
struct KnownFile {
  fs::path& path;         ///< a run folder stands for its model.safetensors
  std::string& known_by;  ///< set when the path is read
};

/// --NAME, the path, and --NAME-known-by, a result that is recorded beside it or in its place,
/// which is returned. Who reads the file asks is_known_by(): both may come from a record.
Option& describe_known_file(Options& options, const std::string& name, KnownFile file,
                            std::string help);

/// What the record says of the file of this option; "" where it names none.
std::string mark_of_known_file(const nlohmann::json& settings, const std::string& name);

/// Whether this is the content that the mark stands for.
bool is_known_by(const std::string& mark, std::string_view content);

}  // namespace aver
