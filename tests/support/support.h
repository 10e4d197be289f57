#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace aver::test {

/// A folder of its own for one test, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& relative) const { return path_ / relative; }

 private:
  fs::path path_;
};

/// Real recordings (the CMake setting AVER_TEST_DATA), if this run has them.
std::optional<fs::path> test_data();

/// Skips the running test, visibly, when there are no real recordings.
#define AVER_REQUIRE_TEST_DATA(variable)                                               \
  const auto variable##_found = ::aver::test::test_data();                             \
  if (!variable##_found)                                                               \
    GTEST_SKIP() << "needs real recordings: configure with -DAVER_TEST_DATA=<folder>"; \
  const ::aver::fs::path variable = *variable##_found

/// What a started program printed and how it ended (128 + signal when killed by one).
struct CommandResult {
  int exit_status = 0;
  std::string out;
  std::string err;
};

/// A program that runs beside the test, as run_command() starts one. Killed when it goes out of
/// scope.
class RunningCommand {
 public:
  explicit RunningCommand(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment = {});
  ~RunningCommand();
  RunningCommand(RunningCommand&&) noexcept;
  bool ended();
  void send(int signal) const;
  CommandResult wait();

 private:
  class Child;
  std::unique_ptr<Child> child_;
};

/// Starts one of this project's executables ("aver-split", from AVER_BIN_DIR) or any program on the
/// PATH, and waits for it. `environment` adds to the inherited one.
CommandResult run_command(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment = {});

/// What an action throws as an Error; "no error" where it throws none.
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// run_command(), which is expected to end with this exit status.
CommandResult run_to_status(const std::vector<std::string>& arguments, int status = 0);

/// Starts it, waits until `ready()` is true (checked every few milliseconds, at most 60 s) and
/// kills it with `signal`.
CommandResult run_and_kill(const std::vector<std::string>& arguments, int signal,
                           const std::function<bool()>& ready);

/// Relative path -> content of every file below a folder (hidden files too), for comparing runs.
std::map<std::string, std::string> folder_content(const fs::path& folder);

/// True when the program is on the PATH.
bool has_program(const std::string& name);

}  // namespace aver::test
