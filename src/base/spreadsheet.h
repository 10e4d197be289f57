#pragma once

#include <string>

#include "base/csv.h"

// Tables that people open in a spreadsheet, and no program of ours reads again.
namespace aver {

/// A cell as text: where it begins with =, +, -, @, a tab or a return, which spreadsheets take for
/// something to compute, a mark is put in front; what would steer a terminal, and bytes that are no
/// UTF-8, become "\x1B". Numbers stay as they are.
std::string spreadsheet_cell(const std::string& cell);

/// format_csv() of such cells.
std::string spreadsheet_csv(CsvTable table);

}  // namespace aver
