#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// Edit distance (Levenshtein), for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, or nothing when none is near (more than half its letters off).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// The whole text as a number, locale-independent; nothing when it is not one.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);
/// The same, also of "4.0", as programs write whole numbers that keep them as fractions.
std::optional<long long> parse_whole(std::string_view text);

std::vector<std::string> split_text(std::string_view text, char separator);
std::string trim(std::string_view text);
std::string to_lower(std::string_view text);

/// "1 clip", "2 clips": `unit` is the plural.
std::string counted(std::size_t count, std::string_view unit);
/// A path as a word of a command for a shell, quoted where it must be: "'Audio (1).zip'".
std::string shell_word(const std::string& path);

/// Appends a character (a Unicode code point) to a text in UTF-8.
void append_utf8(std::string& text, std::uint32_t point);

}  // namespace aver
