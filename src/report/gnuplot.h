#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aver/base/files.h"

namespace aver {

/// What gnuplot draws: a table, and the commands between choosing the terminal and plotting.
struct Drawing {
  std::string name;      ///< of the four files, letters, digits, '-', '_' and '.'
  std::string columns;   ///< header of the table
  std::string data;      ///< the rows
  std::string settings;  ///< run once, before the first terminal is set
  std::string commands;  ///< run once per terminal
  int width = 640;       ///< of the SVG in its own units; the PNG has twice as many pixels
  int height = 560;
};

/// Writes NAME.dat and NAME.gp, runs gnuplot on them in that folder and moves NAME.png and NAME.svg
/// into place. Returns a warning when gnuplot is missing or fails; older pictures of that name are
/// removed then, for they would show other numbers.
std::optional<std::string> draw(const fs::path& folder, const Drawing& drawing);

/// A string in gnuplot's single quotes.
std::string in_quotes(std::string_view text);

/// A class name or other text as one column of a table, in double quotes.
std::string table_text(std::string_view text);

/// `set palette` from near white (0) to deep blue (1): equal steps of lightness in OKLab, so that
/// equal differences look equal, and readable in grey and to the colour-blind.
std::string palette_command();

}  // namespace aver
