#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace aver {

/// A CSV table with a header line (RFC 4180: commas, optional double quotes, LF or CRLF; a leading
/// UTF-8 byte order mark is dropped). Tables from elsewhere may have semicolons or tabs instead of
/// commas. Every row has as many fields as the header.
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
CsvTable read_csv(const fs::path& path);
CsvTable parse_csv(std::string_view text, std::string source);

/// Reads a table row by row, where holding all rows is too much. Errors are those of read_csv.
class CsvReader {
 public:
  explicit CsvReader(const fs::path& path);
  CsvReader(std::string text, std::string source);

  /// The table without its rows.
  const CsvTable& table() const { return table_; }

  /// The next row; nothing after the last.
  std::optional<std::vector<std::string>> next();
  /// The line at which that row began, from 1.
  std::size_t line() const { return row_line_; }

 private:
  std::string text_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  char separator_ = ',';
  CsvTable table_;
};

/// One line, with fields quoted where they need it, ended by LF.
std::string csv_line(const std::vector<std::string>& fields);

/// The whole text, header first.
std::string format_csv(const CsvTable& table);

}  // namespace aver
