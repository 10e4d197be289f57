#include "base/spreadsheet.h"

#include "base/printable.h"
#include "base/text.h"

namespace aver {

std::string spreadsheet_cell(const std::string& cell) {
  constexpr std::string_view kBeginsFormula = "=+-@\t\r";
  const bool text = cell.empty() || kBeginsFormula.find(cell.front()) == std::string_view::npos;
  // Such a table may well be printed to a terminal.
  const std::string shown = printable_text(cell);
  return text || parse_double(cell) ? shown : "'" + shown;
}

std::string spreadsheet_csv(CsvTable table) {
  for (std::string& cell : table.header) cell = spreadsheet_cell(cell);
  for (auto& row : table.rows) {
    for (std::string& cell : row) cell = spreadsheet_cell(cell);
  }
  return format_csv(table);
}

}  // namespace aver
