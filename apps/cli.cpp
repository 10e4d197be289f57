#include "cli.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>

#include "aver/version.h"
#include "base/text.h"
#include "base/toml.h"

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

/// A value of a config file as the words the command line would have for it.
Words words_of(const nlohmann::ordered_json& value) {
  Words words;
  if (!value.is_array()) {
    words.push_back(value.is_string()         ? value.get<std::string>()
                    : value.is_number_float() ? fmt::format("{}", value.get<double>())
                                              : value.dump());
    return words;
  }
  for (const auto& item : value) {
    for (auto& word : words_of(item)) words.push_back(std::move(word));
  }
  return words;
}

bool has_section(const nlohmann::ordered_json& value) {
  return value.is_object() ||
         (value.is_array() && std::any_of(value.begin(), value.end(), has_section));
}

void add_problem(std::string& problems, const std::string& problem) {
  if (!problem.empty()) problems += (problems.empty() ? "" : "; ") + problem;
}

}  // namespace

Tool::Tool(std::string name, std::string description)
    : name_(std::move(name)), description_(std::move(description)) {}

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

void Tool::options_by(std::string name, std::function<void(const std::string&)> choose,
                      std::function<void(Options&)> describe) {
  decider_ = std::move(name);
  choose_ = std::move(choose);
  describe_ = std::move(describe);
}

void Tool::choose_options(int argc, char** argv) {
  if (decider_.empty()) return;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();  // all that is not looked for here
  std::string word, config;
  const auto* given = app.add_option("--" + decider_, word);
  app.add_option("--config", config);
  try {
    app.parse(argc, argv);
    if (given->count() == 0 && !config.empty()) {
      const auto items = read_toml(config);
      const auto found = items.find(decider_);
      if (found != items.end() && found->is_string()) word = found->get<std::string>();
    }
  } catch (const CLI::ParseError&) {  // is told when all options are read, as what follows is
  } catch (const Error&) {
  }
  if (!word.empty()) choose_(word);
  describe_(options_);
}

void Tool::add_common_options() {
  options_.heading("Common options");
  options_
      .control("config", config_path_,
               "TOML file with options of this tool; the command line wins over it")
      .command_line_only();
  options_.control("print-config", print_config_, "Print the configuration as TOML and leave")
      .command_line_only();
  options_.control("log-level", log_level_, "trace, debug, info, warning, error or off");
  options_.control("quiet", quiet_, "No progress and only errors in the log");
  options_.control("json", json_, "Print the summary as JSON");
  options_.control("version", version_, "Print the version and leave").command_line_only();
  options_.control("help", help_, "Print this help and leave").command_line_only();
}

std::map<std::string, Words> Tool::parse(int argc, char** argv) {
  CLI::App app;
  app.set_help_flag();  // it is an option as any other
  std::map<std::string, CLI::Option*> bound;
  for (const Option& option : options_.all()) {
    std::string names = option.flag();
    if (const char letter = letter_of(option)) names = fmt::format("-{},{}", letter, names);
    if (option.with_opposite()) names += ",!--no-" + option.name();
    const OptionValue& value = option.value();
    CLI::Option* added = value.is_switch() ? app.add_flag(names) : app.add_option(names);
    if (value.is_switch()) {
      added->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else if (value.many) {
      added->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args();
    }
    bound[option.name()] = added;
  }
  std::string problem;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    problem = error.what();
  }
  std::map<std::string, Words> given;
  for (const auto& [name, option] : bound) {
    if (option->count() > 0) given[name] = option->results();
    // When a switch is given twice, the last counts.
    if (option->count() > 0 && options_.find(name)->value().is_switch()) {
      given[name] = {option->results().back()};
    }
  }
  if (!problem.empty() && !given.contains("help") && !given.contains("version")) {
    throw UsageError("{} (see {} --help)", problem, name_);
  }
  return given;
}

std::map<std::string, Words> Tool::read_config_file(const std::string& path) const {
  nlohmann::ordered_json items;
  try {
    items = read_toml(path);
  } catch (const Error& error) {
    throw UsageError("{}", error.what());
  }
  std::vector<std::string> known;
  for (const Option& option : options_.all()) {
    if (option.in_config_file()) known.push_back(option.name());
  }
  std::map<std::string, Words> given;
  for (const auto& [name, value] : items.items()) {
    if (has_section(value)) {
      throw UsageError("{}: section [{}] has no meaning here; each tool has its own file", path,
                       name);
    }
    if (name == kToolKey) {  // of the config.toml that a run writes
      if (value == name_) continue;
      throw UsageError("{} is of {}, not of {}", path, fmt::join(words_of(value), ","), name_);
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto guess = nearest(name, known);
      throw UsageError("{}: unknown key '{}' for {}{}", path, name, name_,
                       guess ? fmt::format("; did you mean '{}'?", *guess)
                             : fmt::format("; its keys are {}", fmt::join(known, ", ")));
    }
    given[name] = words_of(value);
  }
  return given;
}

bool Tool::read_options(int argc, char** argv) {
  const auto told = parse(argc, argv);
  if (told.contains("help")) {
    fmt::print("{}", help_text(name_, description_, options_, examples_, terminal_width()));
    return false;
  }
  if (told.contains("version")) {
    fmt::print("{} {}\n", name_, AVER_VERSION);
    for (const auto& library : libraries_) fmt::print("{}\n", library);
    return false;
  }
  std::string problems;
  const auto file = told.find("config");
  if (file != told.end()) {
    const std::string& path = file->second.back();
    for (const auto& [name, words] : read_config_file(path)) {
      if (told.contains(name)) continue;  // the command line wins
      const std::string problem = options_.find(name)->read(words);
      if (!problem.empty()) add_problem(problems, path + ": " + problem);
    }
  }
  for (const auto& [name, words] : told) add_problem(problems, options_.find(name)->read(words));
  if (problems.empty()) return true;
  for (const Option& option : options_.all()) {
    std::vector<std::string> more;
    option.add_problems(more);
    for (const auto& problem : more) add_problem(problems, problem);
  }
  throw UsageError("{} (see {} --help)", problems, name_);
}

void Tool::set_log_level() const {
  const auto level = spdlog::level::from_str(log_level_);
  if (level == spdlog::level::off && log_level_ != "off") {
    throw UsageError("--log-level is '{}': trace, debug, info, warning, error or off expected",
                     log_level_);
  }
  spdlog::set_level(quiet_ ? spdlog::level::err : level);
}

int Tool::finish(const Outcome& outcome) {
  progress_.reset();
  if (json_ && !outcome.json.is_null()) {
    fmt::print("{}\n", outcome.json.dump(2));
  } else if (!json_ && !outcome.text.empty()) {
    fmt::print("{}{}", outcome.text, outcome.text.ends_with('\n') ? "" : "\n");
  }
  return outcome.exit_status;
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
    choose_options(argc, argv);
    add_common_options();
    int status = 0;
    if (read_options(argc, argv)) {
      set_log_level();
      if (print_config_) {
        fmt::print("# {} {}\n{}", name_, AVER_VERSION, options_.config_text());
      } else {
        options_.resolve();
        status = finish(body());
      }
    }
    return std::fflush(stdout) == 0 ? status : fail(kFailed, "cannot write to standard output");
  } catch (const UsageError& error) {
    // Who gave nothing at all may not know that there is more to read.
    return fail(kBadUsage,
                argc > 1 ? error.what() : fmt::format("{} (see {} --help)", error.what(), name_));
  } catch (const std::exception& error) {
    return fail(kFailed, error.what());
  }
}

}  // namespace aver::cli
