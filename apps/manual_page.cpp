#include "manual_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "aver/version.h"

namespace aver::cli {
namespace {

/// Text as roff takes it: what would be a request, an escape or a hyphen of a broken line is not.
std::string roff(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (byte == '\\')
      escaped += "\\e";
    else if (byte == '-')
      escaped += "\\-";
    else if (byte == '\'')
      escaped += "\\(aq";
    else if (byte == '"')
      escaped += "\\(dq";
    else
      escaped += byte;
  }
  return escaped.starts_with('.') ? "\\&" + escaped : escaped;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string term_of(const Option& option) {
  if (option.is_positional()) return "\\fI" + roff(option.name()) + "\\fR";
  std::string term;
  if (const char letter = letter_of(option)) term = bold(fmt::format("-{}", letter)) + ", ";
  term += bold(option.flag());
  if (option.with_opposite()) term += ", " + bold("--no-" + option.name());
  if (!option.value().is_switch()) term += " \\fI" + roff(placeholder_of(option)) + "\\fR";
  return term;
}

std::string synopsis_of(const Documents& of) {
  std::string text = bold(of.name) + " [\\fIOPTIONS\\fR]";
  for (const auto& [heading, option] : of.entries) {
    if (!option->is_positional()) continue;
    text += fmt::format(" [\\fI{}\\fR{}]", roff(option->name()), option->value().many ? "..." : "");
  }
  return text + "\n";
}

/// What stands in lists of pages: the description's beginning, in few words.
std::string few_words(const std::string& description) {
  std::string words = first_clause(description);
  if (!words.empty()) words[0] = static_cast<char>(std::tolower(words[0]));
  return words;
}

}  // namespace

std::string manual_page(const Documents& of) {
  std::string title = of.name;
  std::ranges::transform(title, title.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string text = fmt::format(".TH {} 1 \"\" \"aver {}\" \"aver\"\n", roff(title), AVER_VERSION);
  text += fmt::format(".SH NAME\n{} \\- {}\n", roff(of.name), roff(few_words(of.description)));
  text += ".SH SYNOPSIS\n" + synopsis_of(of);
  text += ".SH DESCRIPTION\n" + roff(of.description) + "\n";
  text += ".SH OPTIONS\n";
  std::string heading;
  for (const auto& entry : of.entries) {
    if (entry.heading != heading) text += ".SS " + roff(heading = entry.heading) + "\n";
    text += ".TP\n" + term_of(*entry.option) + "\n" + roff(entry.option->help());
    if (const std::string value = shown_default(*entry.option); !value.empty()) {
      text += fmt::format(" [default: {}]", roff(value));
    }
    text += "\n";
  }
  text += ".SH EXAMPLES\n";
  for (const Example& example : of.examples) {
    text += fmt::format(".TP\n{}:\n{}\n", roff(example.purpose), bold(example.command));
  }
  text +=
      ".SH EXIT STATUS\n0 done; 1 failed, or some clips failed; 2 bad usage or configuration; 3 a "
      "leak that the protocol\ndoes not announce; 4 figures differ from those expected; 130 "
      "interrupted.\n";
  return text;
}

}  // namespace aver::cli
