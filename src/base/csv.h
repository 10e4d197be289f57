#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace aver {

/// Whose table it is. Ours says exactly what it means. One from elsewhere is read as spreadsheets,
/// pandas and R write them: UTF-16, lines that end with CR alone, a first line "sep=;", spaces
/// around fields that are not quoted, and a column without a name (or "Unnamed: 0") that counts the
/// rows, which is left out.
enum class CsvOrigin { ours, elsewhere };

/// A CSV table with a header line (RFC 4180: commas, optional double quotes, LF or CRLF; a leading
/// UTF-8 byte order mark is dropped). Tables from elsewhere may have semicolons, tabs or bars
/// instead of commas. Every row has as many fields as the header. What spreadsheet_cell() made of a
/// name is read as the name.
struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::string source;  ///< what error messages call the table, usually its path

  /// Index of a column, if there.
  std::optional<std::size_t> find(std::string_view name) const;
  /// Index of a column. Throws Error that names the table, the column and those there are.
  std::size_t column(std::string_view name) const;
};

/// Throws Error naming the file and line when a row has another number of fields than the header,
/// a quote is never closed, or there is no header.
CsvTable read_csv(const fs::path& path, CsvOrigin origin = CsvOrigin::ours);
CsvTable parse_csv(std::string_view text, std::string source, CsvOrigin origin = CsvOrigin::ours);

/// Reads a table row by row, where holding all rows is too much. Errors are those of read_csv.
class CsvReader {
 public:
  explicit CsvReader(const fs::path& path, CsvOrigin origin = CsvOrigin::ours);
  CsvReader(std::string text, std::string source, CsvOrigin origin = CsvOrigin::ours);

  /// The table without its rows.
  const CsvTable& table() const { return table_; }

  /// The next row; nothing after the last.
  std::optional<std::vector<std::string>> next();
  /// The line at which that row began, from 1.
  std::size_t line() const { return row_line_; }
  /// Whether a cell of that row stood there as spreadsheet_cell() escapes: its backslashes are of
  /// the name then, and not the separators of a path of Windows.
  bool was_escaped(std::size_t column) const { return escaped_.at(column); }

 private:
  std::string text_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  /// The next record, blank ones too; notes which cells were escaped.
  std::vector<std::string> record();

  char separator_ = ',';
  CsvOrigin origin_;
  std::size_t width_ = 0;              ///< fields of a row as it stands there
  std::vector<std::size_t> nameless_;  ///< columns that are left out, the last one first
  std::vector<bool> escaped_;          ///< cells of the last row
  CsvTable table_;
};

/// One line, with fields quoted where they need it, ended by LF.
std::string csv_line(const std::vector<std::string>& fields);

/// The whole text, header first.
std::string format_csv(const CsvTable& table);

}  // namespace aver
