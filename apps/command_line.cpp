#include "command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "help.h"

namespace aver::cli {

CommandLine read_command_line(int argc, char** argv, const Options& options) {
  CLI::App app;
  app.set_help_flag();  // it is an option as any other
  std::map<std::string, CLI::Option*> bound;
  for (const Option& option : options.all()) {
    std::string names = option.flag();
    if (const char letter = letter_of(option)) names = fmt::format("-{},{}", letter, names);
    if (option.with_opposite()) names += ",!--no-" + option.name();
    const OptionValue& value = option.value();
    CLI::Option* added = value.is_switch() ? app.add_flag(names) : app.add_option(names);
    if (value.is_switch()) {
      added->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else if (value.many) {
      const bool one = options.takes_one_word(option);
      added->expected(1, one ? 1 : CLI::detail::expected_max_vector_size)->allow_extra_args(!one);
      added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    bound[option.name()] = added;
  }
  CommandLine line;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    line.problem = error.what();
  }
  for (const auto& [name, option] : bound) {
    if (option->count() > 0) line.given[name] = option->results();
    // When a switch is given twice, the last counts.
    if (option->count() > 0 && options.find(name)->value().is_switch()) {
      line.given[name] = {option->results().back()};
    }
  }
  return line;
}

std::map<std::string, std::string> peek_command_line(int argc, char** argv, const Words& names) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::map<std::string, std::string> words, given;
  for (const auto& name : names) app.add_option("--" + name, words[name]);
  try {
    app.parse(argc, argv);
    for (const auto& name : names) {
      if (app.count("--" + name) > 0) given[name] = words[name];
    }
  } catch (const CLI::ParseError&) {  // is told when all options are read
  }
  return given;
}

}  // namespace aver::cli
