#include "cli.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>

#include "aver/version.h"
#include "base/parallel.h"
#include "base/text.h"

namespace aver::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kBadUsage = 2;

using Clock = std::chrono::steady_clock;

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

/// One line that is redrawn on a terminal, or a log line every few seconds elsewhere.
class StderrProgress final : public Progress {
 public:
  StderrProgress() : terminal_(::isatty(STDERR_FILENO) == 1) {}
  ~StderrProgress() override { end_line(); }

  void start(std::string_view what, std::size_t total) override {
    end_line();
    what_ = what;
    total_ = total;
    done_ = 0;
    started_ = shown_ = Clock::now();
  }

  void update(std::size_t done, std::string_view note) override {
    done_ = done;
    note_ = note;
    const auto now = Clock::now();
    const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
    if (now - shown_ < pause && !(terminal_ && done == total_)) return;
    shown_ = now;
    show();
  }

  void finish() override {
    if (terminal_ && total_ > 0) show();
    end_line();
  }

 private:
  std::string time_left() const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
    if (done_ == 0 || done_ >= total_ || elapsed < 0.5) return {};
    const double left = elapsed * static_cast<double>(total_ - done_) / static_cast<double>(done_);
    return ", " + duration_text(left) + " left";
  }

  void show() {
    const std::string note = note_.empty() ? "" : " " + note_;
    if (!terminal_) {
      spdlog::info("{}: {} of {}{}{}", what_, done_, total_, note, time_left());
      return;
    }
    constexpr std::size_t kWidth = 24;
    const std::size_t filled = total_ == 0 ? kWidth : kWidth * std::min(done_, total_) / total_;
    std::fprintf(stderr, "\r\033[K%s [%s%s] %zu/%zu%s%s", what_.c_str(),
                 std::string(filled, '#').c_str(), std::string(kWidth - filled, '.').c_str(), done_,
                 total_, note.c_str(), time_left().c_str());
    std::fflush(stderr);
    line_open_ = true;
  }

  void end_line() {
    if (line_open_) std::fputc('\n', stderr);
    line_open_ = false;
  }

  bool terminal_;
  bool line_open_ = false;
  std::string what_;
  std::string note_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

std::string toml_value(const CLI::Option& option, const std::string& text) {
  if (option.get_items_expected_max() == 0) {  // a flag
    return text == "true" || text == "1" ? "true" : "false";
  }
  const bool is_text = option.get_type_name().starts_with("TEXT");
  if (!is_text && parse_double(text)) return text;
  return nlohmann::json(text).dump();  // JSON's escapes are TOML's
}

std::string toml_array(const CLI::Option& option, const std::vector<std::string>& values) {
  std::vector<std::string> items;
  for (const auto& value : values) items.push_back(toml_value(option, value));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string long_name(const CLI::Option& option) {
  return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

/// A value of a config file as the words the command line would have for it.
std::vector<std::string> words_of(const toml::node& node) {
  if (const auto* array = node.as_array()) {
    std::vector<std::string> words;
    for (const auto& item : *array) {
      for (auto& word : words_of(item)) words.push_back(std::move(word));
    }
    return words;
  }
  if (const auto text = node.value_exact<std::string>()) return {*text};
  if (const auto number = node.value_exact<std::int64_t>()) return {fmt::format("{}", *number)};
  if (const auto number = node.value_exact<double>()) return {fmt::format("{}", *number)};
  if (const auto truth = node.value_exact<bool>()) return {*truth ? "true" : "false"};
  throw UsageError("a date or time has no meaning here");
}

/// Options that steer a run rather than describe it; they have no place in a config file.
bool is_meta(const std::string& name) {
  static const std::vector<std::string> kMeta = {"help", "version", "config", "print-config"};
  return std::find(kMeta.begin(), kMeta.end(), name) != kMeta.end();
}

}  // namespace

Tool::Tool(std::string name, std::string description)
    : app_(std::move(description), name), name_(std::move(name)) {
  app_.get_formatter()->column_width(34);
  app_.set_help_flag();  // comes back last: help shows groups in the order of their first option
}

void Tool::channel(ChannelFilter& target) {
  app_.add_option("--channel", channel_, "Vocal channel: speech, song or all")
      ->capture_default_str();
  after_parse_.push_back([this, &target] { target = channel_filter_from_name(channel_); });
}

void Tool::workers(std::size_t& target) {
  app_.add_option("--workers", target, "Clips at a time (0 = the CPUs this process may use)")
      ->check(kNotNegative)
      ->capture_default_str();
  after_parse_.push_back([&target] {
    if (target == 0) target = available_cpus();
  });
}

void Tool::shards(std::optional<Shard>& shard, bool& join) {
  const CLI::Option* option = app_.add_option(
      "--shard", shard_,
      "Do only part i of N of the clips (i/N, from 1/N to N/N, N up to 100000), beside other "
      "processes or machines that do the others into the same --output; slurm reads i and N from "
      "the SLURM_ARRAY_* variables of a job array, which alone change nothing");
  flag("--join", join, "Do nothing but join the finished shards in --output");
  after_parse_.push_back([this, option, &shard, &join] {
    if (option->count() == 0) return;
    if (join) throw UsageError("--shard does one part and --join joins all of them: give one");
    shard = shard_from_text(shard_);
  });
}

Progress& Tool::progress() {
  if (!progress_) {
    if (quiet_) {
      progress_ = std::make_unique<NoProgress>();
    } else {
      progress_ = std::make_unique<StderrProgress>();
    }
  }
  return *progress_;
}

void Tool::add_common_options() {
  const std::string group = "Common options";
  app_.add_option("--config", config_path_,
                  "TOML file with options of this tool; the command line wins over it")
      ->group(group);
  app_.add_flag("--print-config", print_config_, "Print the configuration as TOML and leave")
      ->group(group);
  app_.add_option("--log-level", log_level_, "trace, debug, info, warning, error or off")
      ->capture_default_str()
      ->group(group);
  app_.add_flag("--quiet", quiet_, "No progress and only errors in the log")->group(group);
  app_.add_flag("--json", json_, "Print the summary as JSON")->group(group);
  std::string version = fmt::format("{} {}", name_, AVER_VERSION);
  for (const auto& library : libraries_) version += "\n" + library;
  app_.set_version_flag("--version", version, "Print the version and leave")->group(group);
  app_.set_help_flag("-h,--help", "Print this help and leave")->group(group);
}

void Tool::read_config_file() {
  if (config_path_.empty()) return;
  toml::table items;
  try {
    items = toml::parse(read_file(config_path_));
  } catch (const toml::parse_error& error) {
    throw UsageError("{}, line {}: {}", config_path_, error.source().begin.line,
                     error.description());
  } catch (const Error& error) {
    throw UsageError("{}", error.what());
  }
  std::vector<std::string> known;
  for (const CLI::Option* option : app_.get_options()) {
    if (const auto name = long_name(*option); !name.empty() && !is_meta(name))
      known.push_back(name);
  }
  for (const auto& [key, node] : items) {
    const std::string name(key.str());
    if (node.is_table() || node.is_array_of_tables()) {
      throw UsageError("{}: section [{}] has no meaning here; each tool has its own file",
                       config_path_, name);
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto guess = nearest(name, known);
      throw UsageError("{}: unknown key '{}' for {}{}", config_path_, name, name_,
                       guess ? fmt::format("; did you mean '{}'?", *guess)
                             : fmt::format("; its keys are {}", fmt::join(known, ", ")));
    }
    CLI::Option* option = app_.get_option("--" + name);
    if (option->count() > 0) continue;  // the command line wins
    try {
      const auto words = words_of(node);
      if (words.empty()) continue;  // an empty list is the default of every list
      if (option->get_items_expected_max() == 0) {
        const std::string& value = words.front();
        if (value != "true" && value != "false") {
          throw UsageError("{}: '{}' is {}: true or false expected", config_path_, name, value);
        }
        option->add_result(value);
      } else {
        option->add_result(words);
      }
      option->run_callback();
    } catch (const CLI::Error& error) {
      throw UsageError("{}: {}", config_path_, error.what());
    }
  }
}

std::string Tool::config_text() const {
  std::string text = fmt::format("# {} {}\n", name_, AVER_VERSION);
  for (const CLI::Option* option : app_.get_options()) {
    const std::string name = long_name(*option);
    if (name.empty() || is_meta(name)) continue;
    text += fmt::format("\n# {}\n", option->get_description());
    const bool flag = option->get_items_expected_max() == 0;
    const bool many = option->get_items_expected_max() > 1;
    if (option->count() > 0) {
      const auto values = option->reduced_results();
      text += fmt::format("{} = {}\n", name,
                          many ? toml_array(*option, values) : toml_value(*option, values.front()));
    } else if (const std::string value = option->get_default_str(); !value.empty()) {
      if (many) {  // CLI11 captures a vector's default as "[a,b]"
        const auto inner =
            value.size() >= 2 && value.front() == '[' ? value.substr(1, value.size() - 2) : value;
        text += fmt::format("{} = {}\n", name,
                            inner.empty() ? "[]" : toml_array(*option, split_text(inner, ',')));
      } else {
        text += fmt::format("{} = {}\n", name, toml_value(*option, value));
      }
    } else if (flag) {
      text += fmt::format("{} = false\n", name);
    } else {
      text += fmt::format("# {} =\n", name);
    }
  }
  return text;
}

int Tool::run(int argc, char** argv, const std::function<Outcome()>& body) {
  auto logger = spdlog::stderr_color_st(name_);
  logger->set_pattern("%^%l%$: %v");
  spdlog::set_default_logger(logger);

  auto fail = [&](int status, const std::string& message) {
    progress_.reset();  // ends an open progress line
    std::fprintf(stderr, "%s: %s\n", name_.c_str(), message.c_str());
    return status;
  };
  try {
    add_common_options();
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
      return app_.exit(success);
    } catch (const CLI::ParseError& error) {
      throw UsageError("{} (see {} --help)", error.what(), name_);
    }
    read_config_file();
    const auto level = spdlog::level::from_str(log_level_);
    if (level == spdlog::level::off && log_level_ != "off") {
      throw UsageError("--log-level is '{}': trace, debug, info, warning, error or off expected",
                       log_level_);
    }
    spdlog::set_level(quiet_ ? spdlog::level::err : level);
    if (print_config_) {
      std::fputs(config_text().c_str(), stdout);
      return std::fflush(stdout) == 0 ? 0 : fail(kFailed, "cannot write to standard output");
    }
    std::vector<std::string> missing;
    for (const auto& [option, unless] : required_) {
      if (unless != nullptr && *unless) continue;
      if (option->count() == 0) missing.push_back("--" + long_name(*option));
    }
    if (!missing.empty()) {
      throw UsageError("{} {} required (see {} --help)", fmt::join(missing, " and "),
                       missing.size() == 1 ? "is" : "are", name_);
    }
    for (const auto& step : after_parse_) step();
    const Outcome outcome = body();
    progress_.reset();
    if (json_ && !outcome.json.is_null()) {
      fmt::print("{}\n", outcome.json.dump(2));
    } else if (!json_ && !outcome.text.empty()) {
      fmt::print("{}{}", outcome.text, outcome.text.ends_with('\n') ? "" : "\n");
    }
    if (std::fflush(stdout) != 0) {
      return fail(kFailed, "cannot write to standard output");
    }
    return outcome.exit_status;
  } catch (const UsageError& error) {
    return fail(kBadUsage, error.what());
  } catch (const std::exception& error) {
    return fail(kFailed, error.what());
  }
}

}  // namespace aver::cli
