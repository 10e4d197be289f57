#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/progress.h"
#include "corpus/catalog.h"

namespace aver {

class Options;

/// `aver-evaluate`: what models are worth as they are, alone, against each other, on each group of
/// clips, and from one corpus (or language) to another. Reads tables; starts no network.
struct EvaluateConfig {
  std::vector<std::string> systems;   ///< run folders or tables of predictions, or NAME=one of them
  fs::path output;                    ///< folder for tables, report.html and drawings
  std::string cross;                  ///< a column of clips.csv: the table from each value to each
  std::vector<std::string> group_by;  ///< columns of clips.csv
  std::string corpus = "ravdess";     ///< how the clips of tables from elsewhere are named
  fs::path labels;                    ///< a label map for their spellings; may be empty
  bool logits = false;                ///< theirs that hold no probabilities hold logits
  ChannelFilter channel = ChannelFilter::speech;  ///< of clips that have one
  std::string caption;                            ///< a line to stand above the tables
  bool figures = true;                            ///< drawings by gnuplot
  std::size_t draws = 10'000;                     ///< of the bootstrap; 0 = no intervals
  std::uint64_t seed = 42;                        ///< of the bootstrap
  std::size_t workers = 0;                        ///< bootstrap shares at a time; 0 = this thread

  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

struct EvaluateReport {
  std::string text;        ///< the tables, as in table.txt
  nlohmann::json metrics;  ///< as in metrics.json
  std::vector<std::string> warnings;
  bool leaks = false;  ///< of a table from each value to each: training has seen test clips
};

/// Writes table.txt, metrics.json, report.html, metrics.csv, per_class.csv and, where there is
/// something for them, comparisons.csv, groups.csv, cross.csv and figures/. Throws Error when a
/// table cannot be read, when classes differ, or when no clip has a column that is asked for.
EvaluateReport run_evaluate(const EvaluateConfig& config, Progress& progress);

}  // namespace aver
