#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Names of files, classes and clips are bytes that anybody may have chosen: they could steer a
// terminal, or turn the words of a line around.
namespace aver {

/// Whether a text is UTF-8 throughout, as JSON and TOML have to be.
bool is_utf8(std::string_view text);

/// A name as it can be shown in a line: control characters, marks that change the direction of
/// writing and bytes that are no UTF-8 become "\x1B". Everything else stays as it is.
std::string printable(std::string_view name);

/// The same for text of several lines: line ends and tabs stay.
std::string printable_text(std::string_view text);

/// The longest value that a message quotes, in bytes.
inline constexpr std::size_t kLongestQuote = 200;

/// The beginning of a value, where it is longer than that, and how long it was.
std::string shortened(std::string_view value);

/// A sentence as people are shown it: printable_text(), with words that are longer than a name of a
/// file can be shortened. Of a path every part is a word.
std::string message_text(std::string_view sentence);

/// Which placeholders of a format string stand right behind a quotation mark: those are values, of
/// any length, that somebody gave. Bit 0 is the first.
std::uint64_t quoted_placeholders(std::string_view format);

}  // namespace aver
