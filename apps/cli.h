#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/progress.h"
#include "help.h"

namespace aver::cli {

/// What a tool's run ends with.
struct Outcome {
  std::string text;     ///< for stdout
  nlohmann::json json;  ///< for stdout instead, with --json; null = nothing
  int exit_status = 0;
};

/// One executable's command line: its own options, those that every tool has (--config,
/// --print-config, --log-level, --quiet, --json, --version, --help), and the mapping of errors to
/// exit statuses: 0 done, 1 failed or some clips failed, 2 bad usage or configuration, 3 leak,
/// 4 figures differ.
class Tool {
 public:
  Tool(std::string name, std::string description);

  const std::string& name() const { return name_; }
  /// Where the tool's config struct describes itself. Its values at that time are the defaults that
  /// --help shows.
  Options& options() { return options_; }
  /// For an option whose word decides which others there are: `choose` is told that word, where the
  /// command line or else the config file gives one, before `describe` declares the options.
  void options_by(std::string name, std::function<void(const std::string&)> choose,
                  std::function<void(Options&)> describe);
  /// A command line for the end of --help, with what it does.
  void example(std::string purpose, std::string command) {
    examples_.push_back({std::move(purpose), std::move(command)});
  }
  /// A line for --version, such as "LibTorch 1.13.1".
  void library(std::string name_and_version) { libraries_.push_back(std::move(name_and_version)); }

  /// Draws on stderr when that is a terminal and --quiet is not given; logs a line now and then
  /// otherwise.
  Progress& progress();

  /// Whether --json was given; known while the body runs.
  bool json() const { return json_; }

  /// Parses, runs `body`, prints its outcome; returns the exit status. Whether the values of the
  /// options go together is the body's to check.
  int run(int argc, char** argv, const std::function<Outcome()>& body);

 private:
  void choose_options(int argc, char** argv);
  std::string document_as(const std::string& form);
  void add_common_options();
  /// False when --help or --version was all that was asked for.
  bool read_options(int argc, char** argv);
  void set_log_level() const;
  int finish(const Outcome& outcome);

  std::string name_;
  std::string description_;
  Options options_;
  std::string decider_;  ///< the option that decides which others there are; "" = none
  std::function<void(const std::string&)> choose_;
  std::function<void(Options&)> describe_;
  std::vector<Example> examples_;
  std::vector<std::string> libraries_;
  fs::path config_path_;
  std::string log_level_ = "info";
  bool print_config_ = false;
  bool quiet_ = false;
  bool json_ = false;
  bool version_ = false;
  bool help_ = false;
  std::string help_as_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace aver::cli
