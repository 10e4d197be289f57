#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/shard.h"
#include "corpus/catalog.h"

namespace aver::cli {

/// Refuses "-1", which CLI11 would wrap round to a huge unsigned number.
inline const CLI::Validator kNotNegative(
    [](std::string& text) {
      return text.starts_with('-') ? "must not be negative, and is " + text : std::string();
    },
    "");

/// What a tool's run ends with.
struct Outcome {
  std::string text;     ///< for stdout
  nlohmann::json json;  ///< for stdout instead, with --json; null = nothing
  int exit_status = 0;
};

/// One executable's command line: the options every tool has (--config, --print-config, --workers,
/// --log-level, --quiet, --json, --version), and the mapping of errors to exit statuses:
/// 0 done, 1 failed or some clips failed, 2 bad usage or configuration, 3 leak, 4 figures differ.
class Tool {
 public:
  Tool(std::string name, std::string description);

  /// For options and flags: bind fields of the tool's config struct. In-class defaults are shown by
  /// --help and --print-config (every option captures its default).
  CLI::App& app() { return app_; }
  /// An option that must be given on the command line or in the config file.
  /// `unless`: a switch that makes it unnecessary.
  template <typename T>
  CLI::Option* required(const std::string& flags, T& target, const std::string& help,
                        const bool* unless = nullptr) {
    auto* option = app_.add_option(flags, target, help);
    required_.push_back({option, unless});
    return option;
  }
  template <typename T>
  CLI::Option* option(const std::string& flags, T& target, const std::string& help) {
    auto* option = app_.add_option(flags, target, help)->capture_default_str();
    if constexpr (std::is_unsigned_v<T>) option->check(kNotNegative);
    return option;
  }
  /// `--name,!--no-name`: a switch that defaults to its field's value.
  CLI::Option* flag(const std::string& flags, bool& target, const std::string& help) {
    // CLI11 captures no default of a flag.
    return app_.add_flag(flags, target, help)->default_str(target ? "true" : "false");
  }
  /// --channel speech|song|all
  void channel(ChannelFilter& target);
  /// --workers N; 0 in `target` after parsing never occurs: unset means the CPUs this process may
  /// use.
  void workers(std::size_t& target);
  /// --shard i/N|slurm and --join; at most one of them after parsing.
  void shards(std::optional<Shard>& shard, bool& join);
  /// A line for --version, such as "LibTorch 1.13.1".
  void library(std::string name_and_version) { libraries_.push_back(std::move(name_and_version)); }

  /// Draws on stderr when that is a terminal and --quiet is not given; logs a line now and then
  /// otherwise.
  Progress& progress();

  /// Whether --json was given; known while the body runs.
  bool json() const { return json_; }

  /// Parses, checks, runs `body`, prints its outcome; returns the exit status.
  int run(int argc, char** argv, const std::function<Outcome()>& body);

 private:
  void add_common_options();
  void read_config_file();
  std::string config_text() const;

  CLI::App app_;
  std::string name_;
  struct Required {
    CLI::Option* option;
    const bool* unless;
  };
  std::vector<Required> required_;
  std::vector<std::string> libraries_;
  std::string config_path_;
  std::string log_level_ = "info";
  std::string channel_ = "speech";
  std::string shard_;
  bool print_config_ = false;
  bool quiet_ = false;
  bool json_ = false;
  std::vector<std::function<void()>> after_parse_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace aver::cli
