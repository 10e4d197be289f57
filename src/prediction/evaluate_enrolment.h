#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus.h"

namespace aver {

class Options;

/// What `aver-evaluate-enrolment` is told.
struct EvaluateEnrolmentConfig {
  std::vector<fs::path> runs;  ///< finished runs, or folders of folds
  fs::path input;              ///< the stage folder or series that they were trained on
  fs::path output;             ///< folder for tables and figure
  std::vector<int> counts = {0, 2, 4, 8, 16, 32};
  int repeats = 10;
  std::string part = "test";  ///< or "validation"
  std::uint64_t seed = 42;
  int draws = 10'000;  ///< of the bootstrap
  ClipChoice choice;
  std::size_t workers = 0;
  int threads = 0;

  void describe(Options& options);
  void validate() const;
};

struct EvaluateEnrolmentReport {
  std::string text;
  nlohmann::json metrics;
};

/// Accuracy of models on people of whom some unlabelled clips are known. For each number of clips
/// and each repeat that many clips of every tested speaker are drawn, and never scored; the others
/// are moved by their mean and predicted by the fold that tests the speaker. Writes
/// `enrolment.csv`, `metrics.json`, the figure `enrolment`, and `predictions-N.csv` of the first
/// repeat, whose clips are the same for every modality; all of it at the end, so that a run that is
/// stopped leaves what was there. Throws UsageError, also for an output that is a training run, and
/// Error.
EvaluateEnrolmentReport run_evaluate_enrolment(const EvaluateEnrolmentConfig& config,
                                               Progress& progress);

}  // namespace aver
