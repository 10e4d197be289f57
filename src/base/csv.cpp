#include "base/csv.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "base/archives.h"
#include "base/error.h"
#include "base/spreadsheet.h"
#include "base/text.h"

namespace aver {
namespace {

/// What separates the fields: of comma, semicolon and tab, and from elsewhere bar, for names of
/// ours may hold bars, the one that its first line has most of outside quotes.
char separator_of(std::string_view text, CsvOrigin origin) {
  std::map<char, int> counts;
  bool quoted = false;
  for (const char c : text.substr(0, text.find('\n'))) {
    if (c == '"') quoted = !quoted;
    if (!quoted) ++counts[c];
  }
  char separator = ',';
  for (const char other : std::string_view(origin == CsvOrigin::ours ? ";\t" : ";\t|")) {
    if (counts[other] > counts[separator]) separator = other;
  }
  return separator;
}

/// UTF-16 as UTF-8; half a pair becomes U+FFFD.
std::string from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    return big_endian ? byte(at) * 256U + byte(at + 1) : byte(at + 1) * 256U + byte(at);
  };
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t point = unit(i);
    if (point >= 0xD800 && point < 0xE000) {
      const std::uint32_t low = i + 3 < bytes.size() ? unit(i + 2) : 0;
      const bool pair = point < 0xDC00 && low >= 0xDC00 && low < 0xE000;
      point = pair ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
      if (pair) i += 2;
    }
    append_utf8(text, point);
  }
  return text;
}

/// A text from elsewhere with LF at the ends of its lines, in UTF-8.
std::string as_ours(std::string text) {
  const std::string_view bytes = text;
  // Without a mark the names of columns tell: every other byte of Latin letters is zero.
  const auto zeros_at = [&](std::size_t first) {
    return bytes.size() >= 4 && bytes[first] == 0 && bytes[first + 2] == 0 &&
           bytes[1 - first] != 0 && bytes[3 - first] != 0;
  };
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    text = from_utf16(bytes.substr(2), bytes.front() == '\xfe');
  } else if (zeros_at(0) || zeros_at(1)) {
    text = from_utf16(bytes, bytes.front() == 0);
  }
  if (text.find('\n') == std::string::npos) std::ranges::replace(text, '\r', '\n');
  return text;
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

/// Reads one record from `text` at `position`, leaving it after the line end. `trimmed`: spaces
/// around a field are none of it unless it is quoted.
std::vector<std::string> parse_record(std::string_view text, char separator, bool trimmed,
                                      std::size_t& position, std::size_t& line,
                                      const std::string& source) {
  std::vector<std::string> fields(1);
  const std::size_t first_line = line;
  bool quoted = false, was_quoted = false;
  const auto end_field = [&] {
    while (trimmed && !was_quoted && !fields.back().empty() && is_space(fields.back().back())) {
      fields.back().pop_back();
    }
    was_quoted = false;
  };
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
      quoted = was_quoted = true;
    } else if (c == separator) {
      end_field();
      fields.emplace_back();
    } else if (c == '\n') {
      ++line;
      end_field();
      return fields;
    } else if (c != '\r' && !(trimmed && is_space(c) && (fields.back().empty() || was_quoted))) {
      fields.back() += c;
    }
  }
  if (quoted) {
    throw Error("{}, line {}: a quoted field is never closed", source, first_line);
  }
  end_field();
  return fields;
}

/// What is in a file that is to be a table. Throws Error for one that is packed.
std::string text_of_table(const fs::path& path) {
  std::string text = read_file(path);
  const std::string way = way_to_unpack(path, text);
  if (way.empty()) return text;
  const std::string ending = to_lower(path.extension().string());
  if (ending == ".xlsx" || ending == ".ods") {
    throw Error("{} is a spreadsheet and no table in text: save it as CSV", path.string());
  }
  throw Error("{} is no table but an archive: {} unpacks it", path.string(), way);
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

CsvReader::CsvReader(std::string text, std::string source, CsvOrigin origin)
    : text_(origin == CsvOrigin::ours ? std::move(text) : as_ours(std::move(text))),
      origin_(origin) {
  if (text_.starts_with("\xef\xbb\xbf")) position_ = 3;
  table_.source = std::move(source);
  const std::string_view content = std::string_view(text_).substr(position_);
  // What Excel is told by "sep=;" its other readers are told too.
  const bool says = origin == CsvOrigin::elsewhere && content.starts_with("sep=");
  if (says) {
    position_ = std::min(text_.size(), text_.find('\n', position_)) + 1;
    ++line_;
  }
  if (position_ >= text_.size()) {
    throw Error("{} is empty; a table with a header line was expected", table_.source);
  }
  separator_ = says && content.size() > 4 && content[4] != '\n'
                   ? content[4]
                   : separator_of(std::string_view(text_).substr(position_), origin);
  table_.header = record();
  width_ = table_.header.size();
  if (origin == CsvOrigin::ours) return;
  // R leaves the name of the column that counts the rows out, with its comma.
  const auto [position, line] = std::pair(position_, line_);
  const auto first = record();
  position_ = position;
  line_ = line;
  if (first.size() == width_ + 1) {
    table_.header.insert(first.back().empty() ? table_.header.end() : table_.header.begin(), "");
    ++width_;
  }
  for (std::size_t i = width_; i-- > 0;) {
    if (!table_.header[i].empty() && !table_.header[i].starts_with("Unnamed: ")) continue;
    nameless_.push_back(i);
    table_.header.erase(table_.header.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

CsvReader::CsvReader(const fs::path& path, CsvOrigin origin)
    : CsvReader(text_of_table(path), path.string(), origin) {}

std::vector<std::string> CsvReader::record() {
  auto cells = parse_record(text_, separator_, origin_ == CsvOrigin::elsewhere, position_, line_,
                            table_.source);
  escaped_.assign(cells.size(), false);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].find_first_of("\\'") == std::string::npos) continue;
    std::string name = cell_of_spreadsheet(cells[i]);
    // An apostrophe alone, which is taken off in front, escapes no backslash.
    escaped_[i] = cells[i].find('\\') != std::string::npos && !cells[i].ends_with(name);
    cells[i] = std::move(name);
  }
  return cells;
}

std::optional<std::vector<std::string>> CsvReader::next() {
  while (position_ < text_.size()) {
    row_line_ = line_;
    auto fields = record();
    const bool blank = std::ranges::all_of(fields, [](const auto& cell) { return cell.empty(); });
    // Spreadsheets leave lines of separators behind their last row.
    if (blank && (fields.size() == 1 || origin_ == CsvOrigin::elsewhere)) continue;
    if (fields.size() != width_) {
      throw Error("{}, line {}: {} fields where the header has {}", table_.source, row_line_,
                  fields.size(), width_);
    }
    for (const std::size_t column : nameless_) {
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(column));
      escaped_.erase(escaped_.begin() + static_cast<std::ptrdiff_t>(column));
    }
    return fields;
  }
  return std::nullopt;
}

CsvTable parse_csv(std::string_view text, std::string source, CsvOrigin origin) {
  return all_rows({std::string(text), std::move(source), origin});
}

CsvTable read_csv(const fs::path& path, CsvOrigin origin) {
  return all_rows(CsvReader(path, origin));
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    // Spaces at an end are kept by whoever reads tables from elsewhere when they are quoted; what
    // could be another separator or a byte order mark is a part of the field only then.
    const bool spaces =
        !fields[i].empty() && (is_space(fields[i].front()) || is_space(fields[i].back()));
    if (!spaces && fields[i].find_first_of(",;\t\"\r\n") == std::string::npos &&
        !fields[i].starts_with("\xef\xbb\xbf")) {
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
