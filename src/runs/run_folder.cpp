#include "runs/run_folder.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/options.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/toml.h"
#include "runs/second_head.h"

namespace aver {
namespace {

constexpr const char* kConfig = "config.toml";

// Everything a run writes. metrics.json comes last: with it the run is finished.
constexpr const char* kRunFiles[] = {"metrics.json",     kConfig,           "model.safetensors",
                                     "best.safetensors", "checkpoint",      "split.csv",
                                     "split.json",       "history.csv",     "tensorboard",
                                     "predictions.csv",  "clips.csv",       "frame_predictions.csv",
                                     "figures",          "report.html",     "run.log",
                                     "README.md",        kSecondPredictions};

constexpr std::string_view kFoldPrefix = "fold-", kSeedPrefix = "seed-";

// Numbers K of the folders named PREFIX-K, rising.
std::vector<int> numbered_folders_in(const fs::path& folder, std::string_view prefix) {
  std::vector<int> numbers;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || !entry->is_directory()) continue;
    const auto number = parse_integer(name.substr(prefix.size()));
    if (number && *number >= 0 && name == fmt::format("{}{}", prefix, *number)) {
      numbers.push_back(static_cast<int>(*number));
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void remove_run(const fs::path& folder) {
  for (const char* name : kRunFiles) {
    std::error_code error;
    fs::remove_all(folder / name, error);
    if (error) {
      throw Error("{} cannot be removed: {}", (folder / name).string(), error.message());
    }
  }
  for (const int seed : numbered_folders_in(folder, kSeedPrefix)) {
    const fs::path run = seed_folder(folder, seed);
    remove_run(run);
    std::error_code not_empty;
    fs::remove(run, not_empty);
  }
}

// Hidden files (a picture cache, the temporary file of a killed program) do not count.
std::size_t shown_entries(const fs::path& folder) {
  std::size_t count = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) ++count;
  }
  if (error) throw Error("{} cannot be read: {}", folder.string(), error.message());
  return count;
}

// Runs of single seeds that were trained side by side, to be made one.
bool holds_seeds_alone(const fs::path& folder) {
  const auto seeds = numbered_folders_in(folder, kSeedPrefix);
  return !seeds.empty() && seeds.size() == shown_entries(folder) &&
         std::ranges::all_of(
             seeds, [&](int seed) { return fs::exists(seed_folder(folder, seed) / kConfig); });
}

// True when there is nothing in the way of a run: no folder yet, or one without files.
bool is_free(const fs::path& folder) {
  if (!fs::exists(folder)) return true;
  if (!fs::is_directory(folder)) {
    throw UsageError("--output {} is a file: name a folder for the run", folder.string());
  }
  return shown_entries(folder) == 0;
}

[[noreturn]] void refuse_other_files(const fs::path& folder) {
  throw UsageError("--output {} holds files but no training run: name a new or empty folder",
                   folder.string());
}

bool holds_single_run(const fs::path& folder) {
  return fs::exists(folder / "model.safetensors") || fs::exists(folder / "history.csv") ||
         fs::exists(folder / "checkpoint");
}

// A run of version 0.1 says only in the comment of its first line, "# aver-train-visual: …", which
// trainer made it.
std::string tool_of_comment(const fs::path& folder) {
  const bool visual = read_file(folder / kConfig).starts_with("# aver-train-visual");
  return visual ? "aver-train-visual" : "aver-train-audio";
}

// A fold that is trained anew is no longer the one that was joined: then that is unfinished.
void forget_join(const fs::path& fold) {
  const fs::path folder = (fold / "..").lexically_normal();
  const bool joined = is_run_folder(folder) && !holds_single_run(folder);
  const fs::path name = (fold / "").parent_path().filename();  // "fold-2/" is fold-2 too
  for (const int number : joined ? numbered_folders_in(folder, kFoldPrefix) : std::vector<int>()) {
    if (fold_folder(folder, number).filename() == name) fs::remove(folder / "metrics.json");
  }
}

}  // namespace

void check_run_folder(const fs::path& folder, bool resume, bool force) {
  if (is_free(folder)) return;
  if (const auto folds = folds_in(folder); !folds.empty()) {
    throw UsageError(
        "--output {} holds several folds, each in a folder of its own: name another folder, or to "
        "train fold {} alone {}",
        folder.string(), folds.front(), fold_folder(folder, folds.front()).string());
  }
  if (!fs::exists(folder / kConfig)) {
    if (resume && holds_seeds_alone(folder)) return;
    refuse_other_files(folder);
  }
  if (resume || force) return;
  if (fs::exists(folder / "metrics.json")) {
    throw UsageError(
        "--output {} holds a finished run: use --force to replace it, or --resume to add epochs or "
        "to write its tables again",
        folder.string());
  }
  throw UsageError(
      "--output {} holds an unfinished run: use --resume to continue it or --force to replace it",
      folder.string());
}

void check_folds_folder(const fs::path& folder) {
  if (is_free(folder)) return;
  if (holds_single_run(folder)) {
    throw UsageError("--output {} holds the run of a single fold: name another folder for several",
                     folder.string());
  }
  if (numbered_folders_in(folder, kFoldPrefix).empty()) refuse_other_files(folder);
}

FolderLock lock_if_there(const fs::path& folder, FolderLock::Kind kind) {
  return fs::is_directory(folder) ? FolderLock(folder, kind) : FolderLock();
}

void refuse_if_locked(const fs::path& folder) {
  const FolderLock lock = lock_if_there(folder);
}

void make_locked(const fs::path& folder, FolderLock& lock, FolderLock::Kind kind) {
  create_folders(folder);
  if (!lock.open()) lock = FolderLock(folder, kind);
}

fs::path fold_folder(const fs::path& folder, int fold) {
  return folder / fmt::format("{}{}", kFoldPrefix, fold);
}

fs::path seed_folder(const fs::path& folder, int seed) {
  return folder / fmt::format("{}{}", kSeedPrefix, seed);
}

std::vector<int> folds_in(const fs::path& folder) {
  auto folds = numbered_folders_in(folder, kFoldPrefix);
  std::erase_if(folds, [&](int fold) { return !fs::exists(fold_folder(folder, fold) / kConfig); });
  return folds;
}

bool is_run_folder(const fs::path& folder) {
  return fs::exists(folder / kConfig) && fs::exists(folder / "split.csv");
}

void require_finished_run(const fs::path& folder) {
  if (!is_run_folder(folder) || fs::exists(folder / "metrics.json")) return;
  throw Error("{} is unfinished: run {} --resume", folder.string(), read_run_config(folder).tool);
}

fs::path run_folder_of(const fs::path& file) {
  fs::path folder = file;
  while (folder.has_relative_path()) {
    const fs::path name = folder.filename();
    folder = folder.parent_path();
    const bool known = std::any_of(std::begin(kRunFiles), std::end(kRunFiles),
                                   [&](const char* own) { return name == own; });
    if (known && is_run_folder(folder.empty() ? fs::path(".") : folder))
      return folder.empty() ? fs::path(".") : folder;
  }
  return {};
}

void open_run_folder(const fs::path& folder, bool force) {
  create_folders(folder);
  forget_join(folder);
  if (force) remove_run(folder);
  for (const char* part : {"", "checkpoint", "figures"}) {
    remove_temporaries(folder / part, /*recursive=*/false);  // folds below are others' to write
  }
  fs::remove(folder /
             "metrics.json");  // a run that gets more epochs is unfinished until they are done
}

bool is_place(const std::string& setting) {
  static const std::set<std::string> kPlaces = {"input",  "copies",        "images",    "split",
                                                "corpus", "picture-cache", "start-from"};
  return kPlaces.contains(setting);
}

bool is_of_speed(const std::string& setting) {
  static const std::set<std::string> kSpeed = {"device", "threads", "workers"};
  return kSpeed.contains(setting);
}

void write_run_config(const fs::path& folder, const RunConfig& config) {
  std::string text = fmt::format("# {}: what this run was told\n{} = {}\n", config.tool, kToolKey,
                                 nlohmann::json(config.tool).dump());
  write_file(folder / kConfig, text + toml_lines(config.settings));
}

RunConfig read_run_config(const fs::path& folder) {
  RunConfig config;
  try {
    config.settings = read_toml(folder / kConfig);
  } catch (const Error& error) {
    throw Error("{} is not as the trainer wrote it: {}", (folder / kConfig).string(), error.what());
  }
  const auto tool = config.settings.find(kToolKey);
  config.tool = tool != config.settings.end() && tool->is_string() ? tool->get<std::string>()
                                                                   : tool_of_comment(folder);
  config.settings.erase(kToolKey);
  return config;
}

nlohmann::json read_run_metrics(const fs::path& folder) {
  const fs::path path = folder / "metrics.json";
  nlohmann::json metrics = restore_bytes(parse_json(read_file(path)));
  if (!metrics.is_object()) throw Error("{} is damaged", path.string());
  return metrics;
}

void RunLog::append(const std::string& line) {
  if (path_.empty()) return;
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
  std::ofstream file(path_, std::ios::app);
  file << stamp << ' ' << printable(line) << '\n';
  if (!file.flush()) throw Error("{} cannot be written: is the disk full?", path_.string());
}

void RunLog::info(const std::string& line) {
  if (!path_.empty()) spdlog::info(line);
  append(line);
}

void RunLog::warn(const std::string& line) {
  if (!path_.empty()) spdlog::warn(line);
  append("warning: " + line);
}

}  // namespace aver
