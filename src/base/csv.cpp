#include "aver/base/csv.h"

#include <algorithm>

#include "aver/base/error.h"

namespace aver {
namespace {

/// Reads one record from `text` at `position`, leaving it after the line end.
std::vector<std::string> parse_record(std::string_view text, std::size_t& position,
                                      std::size_t& line, const std::string& source) {
  std::vector<std::string> fields(1);
  const std::size_t first_line = line;
  bool quoted = false;
  while (position < text.size()) {
    const char c = text[position++];
    if (quoted) {
      if (c == '"' && position < text.size() && text[position] == '"') {
        fields.back() += '"';
        ++position;
      } else if (c == '"') {
        quoted = false;
      } else {
        line += c == '\n';
        fields.back() += c;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++line;
      return fields;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  if (quoted) {
    throw Error("{}, line {}: a quoted field is never closed", source, first_line);
  }
  return fields;
}

}  // namespace

std::optional<std::size_t> CsvTable::find(std::string_view name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

std::size_t CsvTable::column(std::string_view name) const {
  if (const auto index = find(name)) return *index;
  throw Error("{} has no column '{}'; its columns are {}", source, name, fmt::join(header, ", "));
}

CsvTable parse_csv(std::string_view text, std::string source) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  CsvTable table;
  table.source = std::move(source);
  if (text.empty()) {
    throw Error("{} is empty; a table with a header line was expected", table.source);
  }
  std::size_t position = 0;
  std::size_t line = 1;
  table.header = parse_record(text, position, line, table.source);
  while (position < text.size()) {
    const std::size_t row_line = line;
    auto fields = parse_record(text, position, line, table.source);
    if (fields.size() == 1 && fields.front().empty()) continue;  // blank line
    if (fields.size() != table.header.size()) {
      throw Error("{}, line {}: {} fields where the header has {}", table.source, row_line,
                  fields.size(), table.header.size());
    }
    table.rows.push_back(std::move(fields));
  }
  return table;
}

CsvTable read_csv(const fs::path& path) {
  return parse_csv(read_file(path), path.string());
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (char c : fields[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  line += '\n';
  return line;
}

std::string format_csv(const CsvTable& table) {
  std::string text = csv_line(table.header);
  for (const auto& row : table.rows) {
    text += csv_line(row);
  }
  return text;
}

}  // namespace aver
