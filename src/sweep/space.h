#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"

namespace aver {

/// One option of a trainer and what it may be: one of several values, or a number of a range.
struct SpaceOption {
  std::string name;
  std::vector<nlohmann::ordered_json> values;  ///< empty for a range
  double from = 0, to = 0;
  bool logarithmic = false;  ///< drawn alike often in 0.001 to 0.01 and in 0.01 to 0.1
  bool whole = false;        ///< whole numbers only
};

/// What a sweep tries: a program, what it is told each time, and what varies.
struct Space {
  std::string tool;  ///< "aver-train-audio"
  nlohmann::ordered_json fixed;
  std::vector<SpaceOption> options;
};

/// Reads `tool`, `[fixed]` and `[space]`. Throws Error that names the file and the key.
Space read_space(const fs::path& path);

/// The settings of a trial that vary, by option, drawn from the seed and the number of the trial
/// alone: more trials leave the earlier ones as they are.
nlohmann::ordered_json drawn_settings(const Space& space, std::uint64_t seed, std::size_t trial);

/// Every combination. Throws UsageError for a space with a range, which has no end.
std::vector<nlohmann::ordered_json> grid_of(const Space& space);

}  // namespace aver
