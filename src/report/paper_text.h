#pragma once

#include <string>

namespace aver {

/// Escapes what LaTeX takes for commands.
std::string latex_text(const std::string& text);

/// Text for a cell or a paragraph of Markdown: not HTML and not table structure; one line.
std::string markdown_text(const std::string& text);

/// The text in one line: line ends, and blanks around them, become one blank. An empty line would
/// end a paragraph, which no caption may hold.
std::string one_line(const std::string& text);

}  // namespace aver
