#pragma once

#include <string>
#include <string_view>

namespace aver {

/// A name as printable_text() shows it, in such a way that unescaped_name() gives it back: where
/// something is escaped, backslashes are too ("\\x5C"), and so are those of a name that would read
/// as escaped. All other names stay as they are.
std::string escaped_name(std::string_view name);

/// The same, with the backslashes of every name escaped: for paths, which readers may take them for
/// the separators of.
std::string escaped_path(std::string_view path);

/// The name that escaped_name() made this of. A text of which some backslash begins no "\\x1B",
/// such as a path of Windows, is its own name.
std::string unescaped_name(std::string_view shown);

/// A name as JSON can hold it: UTF-8 stays as it is, for JSON writes control characters in its own
/// way; bytes that are none are escaped, and so is a name that would read as escaped.
std::string name_for_json(std::string_view name);

}  // namespace aver
