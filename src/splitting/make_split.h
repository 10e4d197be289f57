#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "protocol/leak_verdict.h"
#include "protocol/split.h"
#include "splitting/split_config.h"

namespace aver {

struct MakeSplitReport {
  Split split;
  std::vector<int> skipped_folds;  ///< without test clips
  LeakVerdict verdict;
  std::vector<std::string> remarks;  ///< what a reader of figures under this split should know
  std::string table;                 ///< clips per fold and role
};

/// Writes the split of the clips of all inputs. A clip that several have, such as the frames and
/// the sound of one corpus, is dealt once. Throws Error when clips of two corpora have one key, and
/// when `output` holds a different one and `force` is not set: runs may have been trained on it.
MakeSplitReport run_make_split(const SplitConfig& config);

/// The same split, unwritten.
MakeSplitReport planned_split(const SplitConfig& config);

/// Clips (or other items) per fold and role.
std::string size_table(const Split& split);

/// What was made, for a person.
std::string split_text(const MakeSplitReport& report, const fs::path& output);
nlohmann::json split_json(const MakeSplitReport& report, const fs::path& output);

/// The numbers of the folds, one a line: for scripts that train them one by one.
std::string folds_text(const MakeSplitReport& report);
nlohmann::json folds_json(const MakeSplitReport& report);

}  // namespace aver
