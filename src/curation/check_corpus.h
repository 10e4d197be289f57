#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/progress.h"
#include "curation/curation_config.h"

namespace aver {

/// A label that is the name of no class.
struct UnknownLabel {
  std::string label;
  std::size_t clips = 0;
  std::string meant;  ///< the class that is likely meant; "" when there is none
};

/// Shortest, longest, middle and sum of the clips' lengths in seconds.
struct LengthSpread {
  std::size_t clips = 0;  ///< with sound
  double shortest = 0, median = 0, longest = 0, all = 0;
};

/// What a corpus holds, and what is wrong with it. Sentences name the file, and of tables the line.
struct CheckReport {
  std::string corpus;              ///< "EMO-DB", or the table's path
  std::vector<std::string> about;  ///< title, licence, citation and note of its description
  std::size_t files = 0, clips = 0;
  std::map<std::string, std::map<std::string, std::size_t>> counts;  ///< speaker -> label -> clips
  std::vector<std::string> labels;                                   ///< in the order of classes
  std::vector<std::string> remarks;  ///< what --filter and --labels leave out

  bool opened = false;  ///< the following is known
  LengthSpread lengths;
  std::map<int, std::size_t> sample_rates, channels;  ///< files by Hz, and by their number
  std::map<std::string, std::size_t> pictures;        ///< files by size, "320x240"
  std::vector<std::string> silent;  ///< files whose samples, or pixels, are all equal

  // Faults.
  std::vector<std::string> bad_rows;
  std::vector<std::string> missing;       ///< files that are listed and not there
  std::vector<std::string> unnamed;       ///< media files that are not named as the corpus's
  std::vector<std::string> twins;         ///< files that have one name
  std::vector<std::string> unlisted;      ///< media files that no line of the table names
  std::vector<UnknownLabel> unknown;      ///< labels without a class
  std::vector<std::string> contradicted;  ///< clips whose recordings differ in label or speaker
  std::vector<std::string> unreadable;
  std::vector<std::string> beyond;              ///< parts that reach beyond their file
  std::vector<std::vector<std::string>> equal;  ///< files of different clips with equal content

  bool faulty() const;
};

/// `check`: what a corpus holds and what is wrong with it. Throws Error when the folder has no file
/// of the corpus at all, or holds files twice.
CheckReport run_check(const CurationConfig& config, Progress& progress);

}  // namespace aver
