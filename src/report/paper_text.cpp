#include "report/paper_text.h"

#include "base/printable.h"
#include "base/text.h"

namespace aver {

std::string latex_text(const std::string& text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '%':
      case '&':
      case '#':
      case '_':
      case '$':
      case '{':
      case '}':
        result += '\\';
        result += c;
        break;
      case '\\':
        result += "\\textbackslash{}";
        break;
      case '~':
        result += "\\textasciitilde{}";
        break;
      case '^':
        result += "\\textasciicircum{}";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string markdown_text(const std::string& text) {
  std::string result;
  for (const char c : printable_text(text)) {
    if (c == '|' || c == '<' || c == '*' || c == '`') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const std::string& part : split_text(text, '\n')) {
    const std::string words = trim(part);
    if (!words.empty()) line += (line.empty() ? "" : " ") + words;
  }
  return line;
}

}  // namespace aver
