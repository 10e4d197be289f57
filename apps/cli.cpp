#include "cli.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <deque>
#include <exception>
#include <system_error>

#include "aver/version.h"
#include "base/files.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "base/text.h"
#include "command_line.h"
#include "config_file.h"
#include "documents.h"
#include "interrupt.h"
#include "standard_streams.h"
#include "stderr_progress.h"
#include "wrapping.h"

namespace aver::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kBadUsage = 2;

/// Names of files in a line of the log must not steer the terminal that shows it.
class PrintableLog final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const std::string text = message_text({message.payload.data(), message.payload.size()});
    spdlog::details::log_msg clean = message;
    clean.payload = text;
    pattern_.format(clean, line);
    // The sink colours what the pattern marked.
    message.color_range_start = clean.color_range_start;
    message.color_range_end = clean.color_range_end;
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<PrintableLog>();
  }

 private:
  spdlog::pattern_formatter pattern_{"%^%l%$: %v"};
};

/// A sentence for what reached a program's end without one.
std::string sentence_of(const std::exception& error) {
  if (const auto* file = dynamic_cast<const fs::filesystem_error*>(&error)) {
    return fmt::format("cannot use {}: {}", file->path1().string(), file->code().message());
  }
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) {
    return kNoThread;  // that a library wanted
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return "the memory does not suffice: give fewer --workers or smaller files, or raise the limit";
  }
  if (const auto* json = dynamic_cast<const nlohmann::json::exception*>(&error)) {
    return fmt::format("a file that was read is damaged: {}", json_reason(*json));
  }
  return error.what();
}

void add_problem(std::string& problems, const std::string& problem) {
  if (!problem.empty()) problems += (problems.empty() ? "" : "; ") + problem;
}

}  // namespace

Tool::Tool(std::string name, std::string description)
    : name_(std::move(name)), description_(std::move(description)) {}

Progress& Tool::progress() {
  if (!progress_) {
    progress_ = quiet_ ? std::make_unique<NoProgress>() : stderr_progress();
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
  auto given = peek_command_line(argc, argv, {decider_, "config"});
  std::string word = given[decider_];
  if (word.empty() && !given["config"].empty()) {
    word = peek_config_file(given["config"], decider_).value_or("");
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
  OptionValue form = option_value(help_as_);
  form.choices = document_names();
  options_
      .add(Effect::control, "help-as", std::move(form),
           "Print this help as a manual page, or what completes options in a shell, and leave")
      .command_line_only();
}

std::string Tool::document_as(const std::string& form) {
  Documents documents{name_, description_, {}, examples_};
  documents.add(options_);
  std::deque<Options> others;  // that go with other words of the one that decides
  if (!decider_.empty()) {
    for (const std::string& word : options_.find(decider_)->suggestions()) {
      choose_(word);
      describe_(others.emplace_back());
      documents.add(others.back(), fmt::format(", with --{} {}", decider_, word));
    }
  }
  return document(form, documents);
}

bool Tool::read_options(int argc, char** argv) {
  const auto [told, problem] = read_command_line(argc, argv, options_);
  const bool leaves = told.contains("help") || told.contains("help-as") || told.contains("version");
  if (!problem.empty() && !leaves) {
    throw UsageError("{} (see {} --help)", problem, name_);
  }
  if (told.contains("help")) {
    fmt::print("{}", help_text(name_, description_, options_, examples_, terminal_width()));
    return false;
  }
  if (const auto form = told.find("help-as"); form != told.end()) {
    fmt::print("{}", document_as(form->second.back()));
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
    for (const auto& [name, words] : read_config_file(path, name_, options_)) {
      if (told.contains(name)) continue;  // the command line wins
      const std::string wrong = options_.find(name)->read(words);
      if (!wrong.empty()) add_problem(problems, path + ": " + wrong);
    }
  }
  for (const auto& [name, words] : told) add_problem(problems, options_.find(name)->read(words));
  if (problems.empty()) return true;
  for (const Option& option : options_.all()) {
    std::vector<std::string> more;
    option.add_problems(more);
    for (const auto& clause : more) add_problem(problems, clause);
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
    fmt::print("{}\n", shown_json(outcome.json, 2));
  } else if (!json_ && !outcome.text.empty()) {
    fmt::print("{}{}", printable_text(outcome.text), outcome.text.ends_with('\n') ? "" : "\n");
  }
  return outcome.exit_status;
}

int Tool::run(int argc, char** argv, const std::function<Outcome()>& body) {
  hold_standard_streams();
  announce_interrupts(name_);
  auto logger = spdlog::stderr_color_st(name_);
  logger->set_formatter(std::make_unique<PrintableLog>());
  spdlog::set_default_logger(logger);

  auto fail = [&](int status, const std::string& message) {
    progress_.reset();  // ends an open progress line
    std::fprintf(stderr, "%s: %s\n", name_.c_str(), message_text(message).c_str());
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
    return fail(kFailed, sentence_of(error));
  }
}

}  // namespace aver::cli
