#include "base/csv.h"

#include <algorithm>
#include <map>

#include "base/error.h"

namespace aver {
namespace {

/// What separates the fields of a table from elsewhere: of comma, semicolon and tab the one that
/// its first line has most of outside quotes.
char separator_of(std::string_view text) {
  std::map<char, int> counts;
  bool quoted = false;
  for (const char c : text.substr(0, text.find('\n'))) {
    if (c == '"') quoted = !quoted;
    if (!quoted) ++counts[c];
  }
  char separator = ',';
  for (const char other : {';', '\t'}) {
    if (counts[other] > counts[separator]) separator = other;
  }
  return separator;
}

/// Reads one record from `text` at `position`, leaving it after the line end.
std::vector<std::string> parse_record(std::string_view text, char separator, std::size_t& position,
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
    } else if (c == separator) {
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

CsvTable all_rows(CsvReader reader) {
  CsvTable table = reader.table();
  while (auto row = reader.next()) table.rows.push_back(std::move(*row));
  return table;
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

CsvReader::CsvReader(std::string text, std::string source) : text_(std::move(text)) {
  if (text_.starts_with("\xef\xbb\xbf")) position_ = 3;
  table_.source = std::move(source);
  if (position_ == text_.size()) {
    throw Error("{} is empty; a table with a header line was expected", table_.source);
  }
  separator_ = separator_of(std::string_view(text_).substr(position_));
  table_.header = parse_record(text_, separator_, position_, line_, table_.source);
}

CsvReader::CsvReader(const fs::path& path) : CsvReader(read_file(path), path.string()) {}

std::optional<std::vector<std::string>> CsvReader::next() {
  while (position_ < text_.size()) {
    row_line_ = line_;
    auto fields = parse_record(text_, separator_, position_, line_, table_.source);
    if (fields.size() == 1 && fields.front().empty()) continue;  // blank line
    if (fields.size() != table_.header.size()) {
      throw Error("{}, line {}: {} fields where the header has {}", table_.source, row_line_,
                  fields.size(), table_.header.size());
    }
    return fields;
  }
  return std::nullopt;
}

CsvTable parse_csv(std::string_view text, std::string source) {
  return all_rows({std::string(text), std::move(source)});
}

CsvTable read_csv(const fs::path& path) {
  return all_rows(CsvReader(path));
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
