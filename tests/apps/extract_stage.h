#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "movies.h"

namespace aver::test {

inline const std::vector<std::string> kClipNames = {
    "Actor_01/01-01-01-01-01-01-01.mp4", "Actor_01/01-01-03-02-02-01-01.mp4",
    "Actor_02/01-01-05-01-01-01-02.mp4", "Actor_02/01-01-08-01-02-02-02.mp4"};

/// A dataset of four clips; the pictures are the same, which is nothing these stages look at.
class SmallCorpus {
 public:
  explicit SmallCorpus(const Movie& movie = {}) {
    make_movie(folder_ / "movie.mp4", movie);
    for (const auto& name : kClipNames) add(name);
  }
  void add(const std::string& name) const {
    create_folders((data() / name).parent_path());
    fs::copy_file(folder_ / "movie.mp4", data() / name, fs::copy_options::overwrite_existing);
  }
  fs::path data() const { return folder_ / "data"; }
  fs::path root() const { return folder_.path(); }
  fs::path operator/(const std::string& name) const { return folder_ / name; }

 private:
  TemporaryFolder folder_;
};

/// One extracting tool, run as a user does.
struct Extractor {
  std::string tool;

  std::vector<std::string> words(const fs::path& input, const fs::path& output,
                                 const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {tool, "--input", input.string(), "--output", output.string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  CommandResult run(const fs::path& input, const fs::path& output,
                    const std::vector<std::string>& more = {}) const {
    return run_command(words(input, output, more));
  }
};

inline nlohmann::json stage_json(const fs::path& folder) {
  return nlohmann::json::parse(read_file(folder / "stage.json"));
}

/// Reason of each failed source, by name.
inline std::map<std::string, std::string> failures(const fs::path& folder) {
  std::map<std::string, std::string> reasons;
  const nlohmann::json stage = stage_json(folder);
  for (const auto& failed : stage.at("failed")) {
    reasons[failed.at("source")] = failed.at("reason");
  }
  return reasons;
}

/// Relative path -> modification time of every file below a folder.
inline std::map<std::string, fs::file_time_type> times_of(const fs::path& folder) {
  std::map<std::string, fs::file_time_type> times;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      times[fs::relative(entry.path(), folder).string()] = entry.last_write_time();
    }
  }
  return times;
}

/// Words that start a tool as a user who may not read and write everything; nothing when there is
/// no way to become one. `folder` is made passable for that user.
inline std::optional<std::vector<std::string>> as_ordinary_user(std::vector<std::string> words,
                                                                const fs::path& folder) {
  if (::geteuid() != 0) return words;
  const char* bin = std::getenv("AVER_BIN_DIR");
  words.front() = (fs::path(bin ? bin : ".") / words.front()).string();
  std::vector<std::string> all = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  if (!has_program("setpriv")) return std::nullopt;
  auto probe = all;
  probe.insert(probe.end(), {words.front(), "--version"});
  if (run_command(probe).exit_status != 0) return std::nullopt;
  fs::permissions(folder, fs::perms::all);
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

/// Starts a tool that may not write files above `kilobytes`, the nearest to a full disk that needs
/// no rights: a write fails in the middle of an output.
inline CommandResult run_with_file_limit(std::vector<std::string> words, int kilobytes) {
  const char* bin = std::getenv("AVER_BIN_DIR");
  words.front() = (fs::path(bin ? bin : ".") / words.front()).string();
  std::vector<std::string> all = {
      "bash", "-c", "ulimit -f " + std::to_string(kilobytes) + "; trap '' XFSZ; exec \"$@\"",
      "bash"};
  all.insert(all.end(), words.begin(), words.end());
  return run_command(all);
}

}  // namespace aver::test
