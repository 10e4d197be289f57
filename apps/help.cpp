#include "help.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "wrapping.h"

namespace aver::cli {
namespace {

constexpr std::size_t kColumn = 28;  // where the descriptions begin

// "-o, --output PATH"
std::string term_of(const Option& option) {
  if (option.is_positional()) return option.name();
  const char letter = letter_of(option);
  std::string term = letter != 0 ? fmt::format("-{}, ", letter) : std::string("    ");
  term += option.flag();
  if (option.with_opposite()) term += ", --no-" + option.name();
  if (!option.value().is_switch()) term += " " + placeholder_of(option);
  return term;
}

/// Appends an option's name and value, broken behind a | where the words to choose from are too
/// many for a line. Returns the columns that it takes up beside the description.
std::size_t append_term(std::string& text, const Option& option, std::size_t width) {
  std::string line = "  " + term_of(option);
  bool broken = false;
  const std::string indent(line.find_last_of(' ') + 1, ' ');
  while (columns_of(line) > width) {
    const std::size_t bar = line.rfind('|', width - 1);
    if (bar == std::string::npos) break;
    broken = true;
    text += line.substr(0, bar + 1) + "\n";
    line = indent + line.substr(bar + 1);
  }
  text += line;
  return broken ? width : columns_of(line);  // the description begins below
}

void append_option(std::string& text, const Option& option, std::size_t width) {
  const std::size_t used = append_term(text, option, width);
  if (used + 2 > kColumn) {
    text += "\n" + std::string(kColumn, ' ');
  } else {
    text += std::string(kColumn - used, ' ');
  }
  std::string help = option.help();
  if (const std::string value = shown_default(option); !value.empty()) {
    help += fmt::format(" [default:{}{}]", kHardSpace, value);
  }
  append_wrapped(text, help, kColumn, kColumn, width);
}

std::vector<std::string> headings_of(const Options& options) {
  std::vector<std::string> headings;
  for (const Option& option : options.all()) {
    if (std::find(headings.begin(), headings.end(), option.heading()) == headings.end()) {
      headings.push_back(option.heading());
    }
  }
  return headings;
}

std::string usage_of(const std::string& name, const Options& options) {
  std::string usage = "Usage: " + name + " [OPTIONS]";
  for (const Option& option : options.all()) {
    if (!option.is_positional()) continue;
    usage += fmt::format(" [{}{}]", option.name(), option.value().many ? "..." : "");
  }
  return usage;
}

}  // namespace

char letter_of(const Option& option) {
  if (option.is_positional()) return 0;
  for (const auto& [name, letter] : {std::pair{"help", 'h'},
                                     {"input", 'i'},
                                     {"output", 'o'},
                                     {"workers", 'j'},
                                     {"quiet", 'q'}}) {
    if (option.name() == name) return letter;
  }
  return 0;
}

std::string placeholder_of(const Option& option) {
  const OptionValue& value = option.value();
  if (value.choices.empty()) return value.placeholder;
  return fmt::format("{}", fmt::join(value.choices, "|"));
}

std::string shown_default(const Option& option) {
  const auto& value = option.default_value();
  if (value.is_boolean()) return value.get<bool>() ? "on" : "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  if (value.is_null()) return "";
  if (!value.is_array()) return value.dump();
  std::vector<std::string> items;
  for (const auto& item : value) {
    items.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  }
  return fmt::format("{}", fmt::join(items, ","));
}

std::string first_clause(const std::string& help) {
  constexpr std::size_t kTooLittle = 25;  // to say what is meant
  std::size_t end = help.size();
  for (const char* mark : {"; ", ". ", " ("}) end = std::min(end, help.find(mark, kTooLittle));
  std::string clause = help.substr(0, end);
  if (clause.ends_with('.')) clause.pop_back();
  return clause;
}

std::string help_text(const std::string& name, const std::string& description,
                      const Options& options, const std::vector<Example>& examples,
                      std::size_t width) {
  std::string text = usage_of(name, options) + "\n\n";
  append_wrapped(text, description, 0, 0, width);
  for (const std::string& heading : headings_of(options)) {
    text += "\n" + heading + ":\n";
    for (const Option& option : options.all()) {
      if (option.heading() == heading) append_option(text, option, width);
    }
  }
  if (!examples.empty()) text += "\nExamples:\n";
  for (const Example& example : examples) {
    text += "  ";
    append_wrapped(text, example.purpose + ":", 2, 2, width);
    append_command(text, example.command, width);
  }
  return text;
}

}  // namespace aver::cli
