#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/progress.h"
#include "protocol/leak_verdict.h"
#include "protocol/split.h"
#include "runs/run_folder.h"
#include "runs/second_head.h"
#include "train/runtime.h"
#include "training/training.h"

namespace aver {

/// What a run's metrics.json says of itself.
inline constexpr int kRunMetricsFormat = 1;

/// The key of the fingerprint in an identity.
inline constexpr const char* kDataAndSplit = "data and split";

/// What a resumed run must share with its checkpoint: all settings that change the weights, and a
/// fingerprint of the input data and its parts.
nlohmann::ordered_json identity_of(const Options& options, const std::string& fingerprint);

/// What a model file records of its training.
nlohmann::json training_record(const TrainingConfig& config, const Options& told,
                               const Split& split, int fold);

/// True when frames are dealt out one by one, not whole clips.
bool splits_frames(const Split& split);

/// The rows whose items (or the clips of which) are there: the others play no part in a run.
Split present_rows(const Split& split, const std::vector<SplitItem>& items);

/// The split a run uses, reduced to one fold.
struct RunSplit {
  Split split;
  int fold = 0;
  LeakVerdict verdict;
  EqualSounds equal_recordings;  ///< among the items, as far as their sound is known
  nlohmann::json source;  ///< the whole split it is a fold of: its `folds` and a `fingerprint`
  std::string protocol() const { return split.protocol.empty() ? "unknown" : split.protocol; }
};

/// Takes the one fold that is asked for out of a split of these items; `clips` knows who speaks.
RunSplit choose_split(const TrainingConfig& config, const Split& split,
                      const std::vector<SplitItem>& items, const ClipTable& clips);

/// Indices of items by role. Where the split declares no validation part, the test part validates,
/// as in the paper; where everything trains, the training part does.
struct Parts {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
  std::string validating = "validation";  ///< which part: "test", "training"
  bool validates_on_test() const { return validating == "test"; }
};
/// Throws Error when there is nothing to train or to validate on, and when the split (of one fold)
/// has a validation part but no item here is in it.
Parts parts_of(const Split& split, const Roles& roles, const std::string& unit);

/// Who plays which part in the fold of a run.
struct FoldRoles {
  RunSplit split;
  Roles roles;
  Parts parts;
};

/// Index of each label in `classes`.
std::vector<std::int64_t> indices_of(const std::vector<std::string>& labels,
                                     const std::vector<std::string>& classes);

/// The lock of the run folder in rank 0, if there is one already. Throws in all processes: Error
/// when another program writes to it, UsageError when it has become the run of another.
FolderLock lock_run(const TrainingConfig& config, const Runtime& runtime);

/// Makes and locks the run folder (by `lock`) unless that is done, opens it (with `force`, only now
/// is an earlier run removed), writes config.toml and split.csv, and starts the log: in rank 0,
/// while the others wait and get a log that is silent.
RunLog start_run(const TrainingConfig& config, const RunConfig& told, const Split& split,
                 const Runtime& runtime, FolderLock& lock);

/// The report of a run that was interrupted.
TrainingReport interrupted_report(const TrainingConfig& config, std::size_t epochs_done);

/// The report of a process whose rank 0 reports.
TrainingReport report_elsewhere(std::size_t epochs_done);

/// The scores of the second head, of the table that the run folder has by now; none without one.
void add_second_scores(TrainingReport& report, const fs::path& run, const SecondHead& head);

/// What stands under the scores of a run of one fold, as its metrics say: classes that nothing
/// trains, an epoch that was chosen on the test part, the leak check, an encoder, and where all is.
std::string notes_of_run(const fs::path& run, const nlohmann::json& metrics);

/// Logs the summary and writes metrics.json, with which the run is finished.
void finish_run(const fs::path& run, const TrainingReport& report, RunLog& log);

}  // namespace aver
