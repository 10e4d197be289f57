#pragma once

#include <string>
#include <string_view>

namespace aver {

/// A string in gnuplot's single quotes.
std::string in_quotes(std::string_view text);

/// A class name or other text as one column of a table, in double quotes.
std::string table_text(std::string_view text);

/// `set palette` from near white (0) to deep blue (1): equal steps of lightness in OKLab, so that
/// equal differences look equal, and readable in grey and to the colour-blind.
std::string palette_command();

}  // namespace aver
