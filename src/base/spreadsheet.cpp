#include "base/spreadsheet.h"

#include "base/escaped_name.h"
#include "base/printable.h"
#include "base/text.h"

namespace aver {
namespace {

/// Whether something to compute follows the apostrophes that a cell begins with.
bool begins_formula(std::string_view cell) {
  constexpr std::string_view kSigns = "=+-@\t\r";
  const auto first = cell.find_first_not_of('\'');
  return first != std::string_view::npos && kSigns.find(cell[first]) != std::string_view::npos;
}

std::string as_text(std::string shown) {
  return begins_formula(shown) && !parse_double(shown) ? "'" + shown : shown;
}

}  // namespace

std::string spreadsheet_cell(const std::string& cell) {
  return as_text(escaped_name(cell));
}

std::string spreadsheet_path(const std::string& path) {
  return as_text(escaped_path(path));
}

std::string cell_of_spreadsheet(std::string_view shown) {
  if (shown.starts_with('\'') && begins_formula(shown)) shown.remove_prefix(1);
  return unescaped_name(shown);
}

std::string spreadsheet_text(const std::string& sentence) {
  return as_text(printable_text(sentence));
}

std::string spreadsheet_line(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = spreadsheet_cell(cell);
  return csv_line(cells);
}

std::string spreadsheet_csv(const CsvTable& table) {
  std::string text = spreadsheet_line(table.header);
  for (const auto& row : table.rows) text += spreadsheet_line(row);
  return text;
}

}  // namespace aver
