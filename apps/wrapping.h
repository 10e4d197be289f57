#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aver::cli {

inline constexpr char kHardSpace = '\x1f';  ///< a space where no line ends

/// Characters, not bytes.
std::size_t columns_of(std::string_view text);

/// Appends words, the lines after the first indented. `column` is where the text stands.
void append_wrapped(std::string& text, const std::string& words, std::size_t column,
                    std::size_t indent, std::size_t width);

/// Appends a command, broken as the shell allows it.
void append_command(std::string& text, const std::string& command, std::size_t width);

/// Columns of the terminal that standard output is: COLUMNS where it is set, else what the terminal
/// says, else 80.
std::size_t terminal_width();

}  // namespace aver::cli
