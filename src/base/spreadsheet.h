#pragma once

#include <string>
#include <vector>

#include "base/csv.h"

// Tables that people open in a spreadsheet or print to a terminal.
namespace aver {

/// A cell as text: where it begins with =, +, -, @, a tab or a return, which spreadsheets take for
/// something to compute, an apostrophe is put in front, and so where apostrophes and such a sign
/// begin it; the rest is escaped_name(). Numbers stay as they are. Every CSV reader of ours gives
/// the cell back that it was made of.
std::string spreadsheet_cell(const std::string& cell);

/// The same of a path, with escaped_path(): readers take other backslashes for separators.
std::string spreadsheet_path(const std::string& path);

/// The cell that spreadsheet_cell() made this of.
std::string cell_of_spreadsheet(std::string_view shown);

/// The same for a sentence, whose names are escaped already; nobody reads it back.
std::string spreadsheet_text(const std::string& sentence);

/// csv_line() of such cells.
std::string spreadsheet_line(std::vector<std::string> cells);

/// format_csv() of such cells.
std::string spreadsheet_csv(const CsvTable& table);

}  // namespace aver
