#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>

namespace aver {
namespace {

constexpr std::size_t kLongestFileName = 255;  // of Linux

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  ///< 0: this is no UTF-8
};

/// The character at the beginning of a text that is not empty.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7F >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool too_long = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool half = code >= 0xD800 && code <= 0xDFFF;
  if (too_long || half || code > 0x10FFFF) return {};
  return {code, bytes};
}

bool steers(char32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool line_end = code == 0x2028 || code == 0x2029;
  const bool direction = code == 0x061C || code == 0x200E || code == 0x200F ||
                         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return control || line_end || direction;
}

std::string cleaned(std::string_view text, std::string_view kept) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    const std::string_view character = text.substr(0, bytes == 0 ? 1 : bytes);
    text.remove_prefix(character.size());
    if (bytes != 0 && (!steers(code) || kept.find(character) != std::string_view::npos)) {
      clean += character;
      continue;
    }
    for (const char c : character) {
      clean += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    }
  }
  return clean;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = first_character(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string printable(std::string_view name) {
  return cleaned(name, "");
}

std::string printable_text(std::string_view text) {
  return cleaned(text, "\n\t");
}

std::string shortened(std::string_view value) {
  if (value.size() <= kLongestQuote) return std::string(value);
  std::size_t end = kLongestQuote;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}… ({} bytes)", value.substr(0, end), value.size());
}

std::string message_text(std::string_view sentence) {
  std::string text;
  const std::string clean = printable_text(sentence);
  std::string_view rest = clean;
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.find_first_of(" \t\n/"), rest.size());
    const std::string_view word = rest.substr(0, length);
    // Escapes are longer than what they stand for.
    text += word.size() > 4 * kLongestFileName ||
                    (word.size() > kLongestFileName && word.find("\\x") == std::string_view::npos)
                ? shortened(word)
                : std::string(word);
    rest.remove_prefix(length);
    if (rest.empty()) break;
    text += rest.front();
    rest.remove_prefix(1);
  }
  return text;
}

std::uint64_t quoted_placeholders(std::string_view format) {
  std::uint64_t quoted = 0;
  int index = 0;
  for (std::size_t i = 0; i < format.size() && index < 64; ++i) {
    if (format[i] != '{') continue;
    if (i + 1 < format.size() && format[i + 1] == '{') {
      ++i;
      continue;
    }
    const bool behind_mark = i > 0 && (format[i - 1] == '\'' || format[i - 1] == '"');
    quoted |= static_cast<std::uint64_t>(behind_mark) << index++;
  }
  return quoted;
}

}  // namespace aver
