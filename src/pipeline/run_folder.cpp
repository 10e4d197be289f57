#include "run_folder.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>

#include "aver/base/error.h"

namespace aver {
namespace {

// Everything a run writes. metrics.json comes last: with it the run is finished.
constexpr const char* kRunFiles[] = {"metrics.json",
                                     "config.toml",
                                     "model.safetensors",
                                     "best.safetensors",
                                     "checkpoint",
                                     "split.csv",
                                     "split.json",
                                     "history.csv",
                                     "predictions.csv",
                                     "frame_predictions.csv",
                                     "figures",
                                     "report.html",
                                     "run.log"};

void remove_run(const fs::path& folder) {
  for (const char* name : kRunFiles) {
    std::error_code error;
    fs::remove_all(folder / name, error);
    if (error) {
      throw Error("{} cannot be removed: {}", (folder / name).string(), error.message());
    }
  }
}

// Hidden files (a picture cache, the temporary file of a killed program) do not count.
bool holds_nothing(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) return false;
  }
  if (error) throw Error("{} cannot be read: {}", folder.string(), error.message());
  return true;
}

}  // namespace

void check_run_folder(const fs::path& folder, bool resume, bool force) {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder)) {
    throw UsageError("--output {} is a file: name a folder for the run", folder.string());
  }
  if (holds_nothing(folder)) return;
  if (!fs::exists(folder / "config.toml")) {
    throw UsageError("--output {} holds files but no training run: name a new or empty folder",
                     folder.string());
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

bool is_run_folder(const fs::path& folder) {
  return fs::exists(folder / "config.toml") && fs::exists(folder / "split.csv");
}

void require_finished_run(const fs::path& folder) {
  if (!is_run_folder(folder) || fs::exists(folder / "metrics.json")) return;
  const bool visual = read_file(folder / "config.toml").starts_with("# aver-train-visual");
  throw Error("{} is unfinished: run aver-train-{} --resume", folder.string(),
              visual ? "visual" : "audio");
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
  if (force) remove_run(folder);
  fs::remove(folder /
             "metrics.json");  // a run that gets more epochs is unfinished until they are done
}

void write_run_config(const fs::path& folder, const std::string& tool,
                      const nlohmann::ordered_json& settings) {
  std::string text = fmt::format("# {}: what this run was told\n", tool);
  for (const auto& [key, value] : settings.items()) {
    text += fmt::format("{} = {}\n", key, value.dump());
  }
  write_file(folder / "config.toml", text);
}

void RunLog::append(const std::string& line) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
  std::ofstream file(path_, std::ios::app);
  file << stamp << ' ' << line << '\n';
  if (!file.flush()) throw Error("{} cannot be written: is the disk full?", path_.string());
}

void RunLog::info(const std::string& line) {
  spdlog::info(line);
  append(line);
}

void RunLog::warn(const std::string& line) {
  spdlog::warn(line);
  append("warning: " + line);
}

}  // namespace aver
