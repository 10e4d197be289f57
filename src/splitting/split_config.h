#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/corpus.h"
#include "media/media_source.h"

namespace aver {

class Options;

/// aver-split: which clip plays which part, how many folds that makes, and what the parts share.
struct SplitConfig {
  std::string action;  ///< "make", "folds" or "audit"
  fs::path split;      ///< audit: split.csv
  /// Stage folders and dataset folders with the clips; make and folds with group_pattern: one
  /// folder of any files.
  std::vector<std::string> inputs;
  fs::path output;  ///< make: split.csv
  /// One of protocols(), or published folds of the corpus.
  std::string protocol = "actor-5";
  int copies = 0;  ///< protocol paper-augmented: versions of each clip; 0 = all there are
  std::vector<std::string> test_lists;  ///< protocol lists: files, each of the clips of one fold
  fs::path against;           ///< audit: another split.csv, or a folder that is used as a test set
  std::string group_pattern;  ///< regular expression; its first group is actor or subject
  std::string corpus = "ravdess";  ///< what the files of a dataset folder are, and whose folds
  ClipChoice choice;
  bool keep_first = false;  ///< of files that are there twice and are copies, take the first
  std::uint64_t seed = 42;
  double test_share = 0.20;        ///< of all clips (protocol clip)
  double validation_share = 0.15;  ///< of the training clips (protocols clip and statement)
  bool validation = true;          ///< false: what would validate trains, too
  bool force = false;              ///< make: replace another split in `output`
  std::size_t workers = 0;         ///< audit: recordings at a time; 0 = inline
  MediaLimits limits;              ///< audit: what one recording may take

  void describe(Options& options);
  /// Throws UsageError that lists what is wrong for this action.
  void validate() const;
};

}  // namespace aver
