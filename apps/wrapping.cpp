#include "wrapping.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace aver::cli {
namespace {

constexpr std::size_t kDefaultWidth = 80;
constexpr std::size_t kLeastWidth = 40;

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

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

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
