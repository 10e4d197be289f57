#include "help.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"

namespace aver::cli {
namespace {

constexpr std::size_t kDefaultWidth = 80;
constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kColumn = 28;  // where the descriptions begin
constexpr char kHardSpace = '\x1f';  // where no line ends

// Characters, not bytes.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// Appends the words, the lines after the first indented. `column` is where the text stands.
void append_wrapped(std::string& text, const std::string& words, std::size_t column,
                    std::size_t indent, std::size_t width) {
  bool first = true;
  for (std::string word : split_text(words, ' ')) {
    std::replace(word.begin(), word.end(), kHardSpace, ' ');
    const std::size_t size = columns_of(word);
    if (!first && column + 1 + size > width) {
      text += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      text += ' ';
      ++column;
    }
    text += word;
    column += size;
    first = false;
  }
  text += '\n';
}

std::string placeholder_of(const Option& option) {
  const OptionValue& value = option.value();
  if (value.choices.empty()) return value.placeholder;
  return fmt::format("{}", fmt::join(value.choices, "|"));
}

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

void append_option(std::string& text, const Option& option, std::size_t width) {
  const std::string line = "  " + term_of(option);
  text += line;
  const std::size_t used = columns_of(line);
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

// The words of a command, an option together with its value.
std::vector<std::string> parts_of(const std::string& command) {
  std::vector<std::string> parts;
  for (const std::string& word : split_text(command, ' ')) {
    const bool value = !parts.empty() && parts.back().starts_with('-') && !word.starts_with('-') &&
                       parts.back().find(' ') == std::string::npos;
    if (value) {
      parts.back() += " " + word;
    } else {
      parts.push_back(word);
    }
  }
  return parts;
}

// A command is broken as the shell allows it.
void append_command(std::string& text, const std::string& command, std::size_t width) {
  std::string line = "    ";
  bool first = true;
  for (const std::string& word : parts_of(command)) {
    if (!first && columns_of(line) + 1 + columns_of(word) + 2 > width) {
      text += line + " \\\n";
      line = "        " + word;
    } else {
      line += (first ? "" : " ") + word;
    }
    first = false;
  }
  text += line + "\n";
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

std::size_t terminal_width() {
  if (const char* columns = std::getenv("COLUMNS")) {
    if (const auto number = parse_integer(columns); number && *number > 0) {
      return std::max(static_cast<std::size_t>(*number), kLeastWidth);
    }
  }
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    return std::max(static_cast<std::size_t>(size.ws_col), kLeastWidth);
  }
  return kDefaultWidth;
}

}  // namespace aver::cli
