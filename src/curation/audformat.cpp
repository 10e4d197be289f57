#include "curation/audformat.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/csv.h"
#include "base/error.h"
#include "base/json_bytes.h"
#include "corpus/emotions.h"

namespace aver {
namespace {

/// What a table's row is about: file, start and end as they are written.
using Place = std::tuple<std::string, std::string, std::string>;

std::string cell(const std::vector<std::string>& row, std::optional<std::size_t> column) {
  return column ? row[*column] : std::string();
}

Place place_of(const CsvTable& table, const std::vector<std::string>& row) {
  return {cell(row, table.find("file")), cell(row, table.find("start")),
          cell(row, table.find("end"))};
}

/// A table, with the line of each row.
struct Table {
  CsvTable csv;
  std::vector<std::size_t> lines;

  bool lists_files() const { return csv.find("file").has_value(); }
  std::optional<std::size_t> label() const {
    return csv.find("emotion") ? csv.find("emotion") : csv.find("label");
  }
};

Table read_table(const fs::path& path) {
  CsvReader rows(path);
  Table table{rows.table(), {}};
  while (auto row = rows.next()) {
    table.csv.rows.push_back(std::move(*row));
    table.lines.push_back(rows.line());
  }
  return table;
}

std::vector<Table> read_tables(const fs::path& folder) {
  std::vector<Table> tables;
  bool parquet = false;
  for (const fs::path& path : list_files(folder, false)) {
    const std::string name = path.filename().string();
    if (!name.starts_with("db.")) continue;
    if (path.extension() == ".csv") tables.push_back(read_table(path));
    parquet |= path.extension() == ".parquet" || path.extension() == ".pkl";
  }
  if (!tables.empty()) return tables;
  throw Error("{} holds no table db.NAME.csv{}", folder.string(),
              parquet ? "; in Python, audformat.Database.load(…).save(…, storage_format='csv') "
                        "makes them of its tables"
                      : "");
}

double time_of(const std::string& text, const std::string& where) {
  if (text.empty() || text == "NaT") return 0;
  const auto seconds = seconds_of(text);
  if (!seconds || *seconds < 0) throw Error("{}: the time '{}' is none", where, text);
  return *seconds;
}

void set_column(Clip& clip, const std::string& column, const std::string& value) {
  if (value.empty() || column.empty()) return;
  if (column == "speaker") {
    clip.speaker = value;
  } else if (column == "clip") {
    clip.key = value;
  } else {
    clip.attributes.emplace(column, value);
  }
}

/// Takes over the columns of a row that say something of a clip.
void add_columns(DatasetClip& file, const Table& table, std::size_t row) {
  const auto& csv = table.csv;
  for (std::size_t i = 0; i < csv.header.size(); ++i) {
    const std::string& name = csv.header[i];
    if (name == "file" || name == "start" || name == "end" || table.label() == i) continue;
    if (name == "modality") {
      file.recording.modality = csv.rows[row][i];
    } else {
      set_column(file.recording.clip, name, csv.rows[row][i]);
    }
  }
}

/// The clips that tables with labels list, by place. A clip that two tables list has one label.
std::map<Place, DatasetClip> listed_in(const std::vector<Table>& tables) {
  std::map<Place, DatasetClip> files;
  for (const Table& table : tables) {
    if (!table.lists_files() || !table.label()) continue;
    for (std::size_t row = 0; row < table.csv.rows.size(); ++row) {
      const auto& cells = table.csv.rows[row];
      const std::string where = fmt::format("{}, line {}", table.csv.source, table.lines[row]);
      const Place place = place_of(table.csv, cells);
      const std::string& label = cells[*table.label()];
      if (std::get<0>(place).empty()) throw Error("{}: its file is empty", where);
      if (label.empty()) throw Error("{}: {} has no label", where, std::get<0>(place));
      const auto [found, fresh] = files.try_emplace(place);
      DatasetClip& clip = found->second;
      if (fresh) clip.line = table.lines[row];
      if (!fresh && clip.recording.clip.label != label) {
        throw Error("{}: {} is {} here and {} in another table", where, clip.path, label,
                    clip.recording.clip.label);
      }
      clip.path = std::get<0>(place);
      clip.start = time_of(std::get<1>(place), where);
      clip.end = time_of(std::get<2>(place), where);
      clip.recording.clip.label = label;
      add_columns(clip, table, row);
    }
  }
  return files;
}

/// What the other tables know of files, and of parts of them.
void add_file_tables(std::map<Place, DatasetClip>& files, const std::vector<Table>& tables) {
  std::multimap<std::string, DatasetClip*> by_file;
  for (auto& [place, file] : files) by_file.emplace(file.path, &file);
  for (const Table& table : tables) {
    if (!table.lists_files() || table.label()) continue;
    const bool segmented = table.csv.find("start").has_value();
    for (std::size_t row = 0; row < table.csv.rows.size(); ++row) {
      const Place place = place_of(table.csv, table.csv.rows[row]);
      if (const auto found = files.find(place); segmented && found != files.end()) {
        add_columns(found->second, table, row);
      }
      if (segmented) continue;
      const auto [first, last] = by_file.equal_range(std::get<0>(place));
      for (auto file = first; file != last; ++file) add_columns(*file->second, table, row);
    }
  }
}

/// Misc tables: what is known of a value of their first column, such as a speaker.
void add_misc_tables(std::map<Place, DatasetClip>& files, const std::vector<Table>& tables) {
  for (const Table& table : tables) {
    if (table.lists_files()) continue;
    const std::string& index = table.csv.header.front();
    for (auto& [place, file] : files) {
      Clip& clip = file.recording.clip;
      const std::string value = clip.value(index);
      for (const auto& row : table.csv.rows) {
        if (value.empty() || row.front() != value) continue;
        for (std::size_t i = 1; i < row.size(); ++i) set_column(clip, table.csv.header[i], row[i]);
      }
    }
  }
}

/// As pandas writes a duration: "0 days 00:00:01.250000".
std::string duration_text(double seconds) {
  const auto micro = std::llround(seconds * 1e6);
  const auto whole = micro / 1'000'000;
  return fmt::format("{} days {:02}:{:02}:{:02}.{:06}", whole / 86400, whole / 3600 % 24,
                     whole / 60 % 60, whole % 60, micro % 1'000'000);
}

using Json = nlohmann::ordered_json;

Json header_of(const ExportedCorpus& corpus, const CsvTable& table, bool segmented) {
  Json schemes = Json::object(), columns = Json::object();
  std::set<std::string> labels;
  for (const auto& file : corpus.files) labels.insert(file.recording.clip.label);
  const std::vector<std::string> names(labels.begin(), labels.end());
  for (const std::string& name : table.header) {
    if (name == "file" || name == "start" || name == "end") continue;
    schemes[name] = {{"dtype", "str"}};
    if (name == "emotion") schemes[name]["labels"] = in_class_order(names);
    columns[name] = {{"scheme_id", name}};
  }
  const Scheme* scheme = corpus.scheme;
  Json header = {
      {"name", corpus.name},
      {"description", scheme != nullptr ? scheme->title() : corpus.name},
      {"source", scheme != nullptr && !scheme->url().empty() ? scheme->url() : "unknown"},
      {"usage", "research"}};
  if (scheme != nullptr && !scheme->licence().empty()) header["license"] = scheme->licence();
  if (scheme != nullptr) header["languages"] = scheme->languages();
  header["schemes"] = schemes;
  header["tables"] = {
      {"files", {{"type", segmented ? "segmented" : "filewise"}, {"columns", columns}}}};
  return header;
}

}  // namespace

std::vector<DatasetClip> read_audformat(const fs::path& path) {
  if (!fs::is_directory(path)) return read_corpus_table(path);
  const auto tables = read_tables(path);
  auto found = listed_in(tables);
  if (found.empty()) {
    throw Error("no table of {} has the columns 'file' and 'emotion' (or 'label')", path.string());
  }
  add_file_tables(found, tables);
  add_misc_tables(found, tables);
  std::vector<DatasetClip> files;
  for (auto& [place, file] : found) files.push_back(std::move(file));
  return files;
}

std::vector<ExchangeFile> write_audformat(const ExportedCorpus& corpus) {
  CsvTable table = parse_csv(corpus_table_text(corpus.files), "files");
  const auto start = table.find("start"), end = table.find("end");
  if (start && end) {
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const DatasetClip& clip = corpus.files[i];
      table.rows[i][*start] = duration_text(clip.start);
      table.rows[i][*end] = clip.end == 0 ? "" : duration_text(clip.end);
    }
  }
  const Json header = header_of(corpus, table, start.has_value());
  return {{"db.yaml", shown_json(header, 2) + "\n"}, {"db.files.csv", format_csv(table)}};
}

}  // namespace aver
