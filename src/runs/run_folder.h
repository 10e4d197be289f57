#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "store/folder_lock.h"

namespace aver {

/// Refuses a run folder that is not to be touched: a folder that holds a finished or unfinished run
/// needs `resume` or `force`; one that holds other files is refused. Throws UsageError.
void check_run_folder(const fs::path& folder, bool resume, bool force);

/// Refuses a folder that several folds are not to be put in: one that holds a single run, or other
/// files and no folds. Throws UsageError.
void check_folds_folder(const fs::path& folder);

/// The lock of a folder that is there; of nothing for one that is not made yet. Throws Error when
/// another program writes to it.
[[nodiscard]] FolderLock lock_if_there(const fs::path& folder,
                                       FolderLock::Kind kind = FolderLock::Kind::exclusive);

/// Throws Error when another program writes to a folder.
void refuse_if_locked(const fs::path& folder);

/// Makes a folder, and locks it unless `lock` does so already. Throws Error as above.
void make_locked(const fs::path& folder, FolderLock& lock,
                 FolderLock::Kind kind = FolderLock::Kind::exclusive);

/// The run of one of several folds: `<folder>/fold-K`.
fs::path fold_folder(const fs::path& folder, int fold);

/// The run of one of several seeds: `<folder>/seed-S`.
fs::path seed_folder(const fs::path& folder, int seed);

/// Numbers of the folds that have a run in `folder`, finished or not, rising.
std::vector<int> folds_in(const fs::path& folder);

/// True for the folder of a training run, finished or not.
bool is_run_folder(const fs::path& folder);

/// Throws Error for a training run that is unfinished: its files may come from different epochs.
void require_finished_run(const fs::path& folder);

/// The run folder that `file` is or would be part of, being one of the files a run writes; "" when
/// there is none.
fs::path run_folder_of(const fs::path& file);

/// Makes the run folder ready: `force` removes what an earlier run wrote, and nothing else. What it
/// was joined with before, as one of several folds, becomes unfinished.
void open_run_folder(const fs::path& folder, bool force);

/// What a run was told, as its config.toml says.
struct RunConfig {
  std::string tool;                 ///< the executable, "aver-train-audio"
  nlohmann::ordered_json settings;  ///< one key per option
};

/// Whether a setting of a trainer only says where something is that is known by its content, or
/// only changes how fast a model is made: Effect::place and Effect::speed of its options, which a
/// run's config.toml does not tell.
bool is_place(const std::string& setting);
bool is_of_speed(const std::string& setting);

/// Writes config.toml, such that `--config` repeats the run.
void write_run_config(const fs::path& folder, const RunConfig& config);

/// What write_run_config wrote. Throws Error for a file that it did not write.
RunConfig read_run_config(const fs::path& folder);

/// What a finished run's metrics.json says. Throws Error for one that is damaged.
nlohmann::json read_run_metrics(const fs::path& folder);

/// Lines with the time in front, appended to run.log and given to the program's log.
class RunLog {
 public:
  RunLog() = default;  ///< writes nothing (ranks other than 0)
  explicit RunLog(const fs::path& folder) : path_(folder / "run.log") {}
  void info(const std::string& line);
  void warn(const std::string& line);
  /// Writes to the file only what is printed anyway.
  void note(const std::string& line) { append(line); }

 private:
  void append(const std::string& line);
  fs::path path_;
};

}  // namespace aver
