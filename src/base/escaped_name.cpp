#include "base/escaped_name.h"

#include <cstddef>
#include <optional>

#include "base/printable.h"

namespace aver {
namespace {

constexpr std::size_t kEscape = 4;  // characters of "\\x1B"

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// The byte that the text at this place, a backslash, is written for.
std::optional<char> escaped_byte(std::string_view text, std::size_t at) {
  if (text.size() - at < kEscape || text[at + 1] != 'x') return std::nullopt;
  const auto high = hex_digit(text[at + 2]), low = hex_digit(text[at + 3]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

bool reads_as_escaped(std::string_view text) {
  std::size_t at = text.find('\\');
  if (at == std::string_view::npos) return false;
  for (; at != std::string_view::npos; at = text.find('\\', at + 1)) {
    if (!escaped_byte(text, at)) return false;
  }
  return true;
}

std::string all_escaped(std::string_view name) {
  std::string marked;
  for (const char c : name) {
    if (c == '\\') {
      marked += "\\x5C";
    } else {
      marked += c;
    }
  }
  return printable_text(marked);
}

}  // namespace

std::string escaped_name(std::string_view name) {
  std::string shown = printable_text(name);
  return shown != name || reads_as_escaped(name) ? all_escaped(name) : shown;
}

std::string escaped_path(std::string_view path) {
  return path.find('\\') == std::string_view::npos ? escaped_name(path) : all_escaped(path);
}

std::string unescaped_name(std::string_view shown) {
  if (!reads_as_escaped(shown)) return std::string(shown);
  std::string name;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] != '\\') {
      name += shown[i];
      continue;
    }
    name += *escaped_byte(shown, i);
    i += kEscape - 1;
  }
  return name;
}

std::string name_for_json(std::string_view name) {
  return is_utf8(name) && !reads_as_escaped(name) ? std::string(name) : all_escaped(name);
}

}  // namespace aver
