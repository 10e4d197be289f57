#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/corpus.h"
#include "protocol/leak_verdict.h"
#include "protocol/split.h"

namespace aver {

class Options;

/// `aver-split make`: which clip plays which part.
struct MakeSplitConfig {
  fs::path input;   ///< stage folder, dataset folder, or (with group_pattern) any folder of files
  fs::path output;  ///< split.csv
  /// One of protocols(), or published folds of the corpus.
  std::string protocol = "actor-5";
  std::string group_pattern;       ///< regular expression; its first group is actor or subject
  std::string corpus = "ravdess";  ///< what the files of a dataset folder are, and whose folds
  ClipChoice choice;
  std::uint64_t seed = 42;
  double test_share = 0.20;        ///< of all clips (protocol clip)
  double validation_share = 0.15;  ///< of the training clips (protocols clip and statement)
  bool force = false;              ///< replace another split in `output`

  void describe_target(Options& options);
  void describe_drawing(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

struct MakeSplitReport {
  Split split;
  std::vector<int> skipped_folds;  ///< without test clips
  LeakVerdict verdict;
  std::vector<std::string> remarks;  ///< what a reader of figures under this split should know
  std::string table;                 ///< clips per fold and role
};

/// Writes the split. Throws Error when `output` holds a different one and `force` is not set: runs
/// may have been trained on it.
MakeSplitReport run_make_split(const MakeSplitConfig& config);

/// Throws UsageError unless the pattern is a regular expression with a group; "" is none.
void check_group_pattern(const std::string& group_pattern);

/// Clips (or other items) per fold and role.
std::string size_table(const Split& split);

/// The items of a folder that a split can deal with: the clips of a stage or dataset folder, by
/// key, or with a pattern every file below it, by path relative to the folder.
std::vector<SplitItem> split_items(const MakeSplitConfig& config);

}  // namespace aver
