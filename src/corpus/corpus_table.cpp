#include "corpus/corpus_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/csv.h"
#include "base/error.h"
#include "base/inner_path.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "corpus/catalog.h"

namespace aver {
std::optional<double> seconds_of(const std::string& text) {
  if (const auto number = parse_double(text)) return *number;
  const auto days_end = text.find(" days ");
  const std::string clock = days_end == std::string::npos ? text : text.substr(days_end + 6);
  const auto parts = split_text(clock, ':');
  if (parts.size() != 3) return std::nullopt;
  double seconds = 0;
  for (const std::string& part : parts) {
    const auto value = parse_double(part);
    if (!value) return std::nullopt;
    seconds = seconds * 60 + *value;
  }
  if (days_end == std::string::npos) return seconds;
  const auto days = parse_integer(text.substr(0, days_end));
  return days ? std::optional(seconds + 86400.0 * static_cast<double>(*days)) : std::nullopt;
}

namespace {

/// Where the columns that mean something stand; the others are attributes.
struct Columns {
  std::size_t file = 0, label = 0;
  std::optional<std::size_t> start, end, speaker, clip, modality;
  std::vector<std::pair<std::string, std::size_t>> attributes;
};

/// Two columns of one meaning: which of them counts is not for a program to guess.
void require_one_each(const CsvTable& head) {
  std::map<std::string, std::string> meanings;
  for (const std::string& name : head.header) {
    const std::string meaning = name == "file_name" ? "file" : name == "label" ? "emotion" : name;
    const auto [first, fresh] = meanings.emplace(meaning, name);
    if (!fresh) {
      throw Error("{} has the columns '{}' and '{}', of which only one can count; rename the other",
                  head.source, first->second, name);
    }
  }
}

Columns columns_of(const CsvTable& head) {
  require_one_each(head);
  Columns columns;
  const auto file = head.find("file") ? head.find("file") : head.find("file_name");
  columns.file = file ? *file : head.column("file");
  const auto label = head.find("emotion") ? head.find("emotion") : head.find("label");
  columns.label = label ? *label : head.column("emotion");
  columns.start = head.find("start");
  columns.end = head.find("end");
  columns.speaker = head.find("speaker");
  columns.clip = head.find("clip");
  columns.modality = head.find("modality");
  const std::set<std::optional<std::size_t>> taken = {
      columns.file,    columns.label, columns.start,   columns.end,
      columns.speaker, columns.clip,  columns.modality};
  for (std::size_t i = 0; i < head.header.size(); ++i) {
    if (!taken.contains(i)) columns.attributes.emplace_back(head.header[i], i);
  }
  return columns;
}

std::string cell(const std::vector<std::string>& row, std::optional<std::size_t> column) {
  return column ? trim(row[*column]) : std::string();
}

DatasetClip file_of(const std::vector<std::string>& row, const Columns& columns,
                    bool path_is_ours) {
  DatasetClip clip;
  clip.path = cell(row, columns.file);
  if (!path_is_ours) std::ranges::replace(clip.path, '\\', '/');  // Windows' separators
  if (clip.path.empty()) throw Error("its file is empty");
  // Absolute paths are taken as they are; what climbs out of --input is a mistake, or worse.
  if (!fs::path(clip.path).is_absolute() && !is_inner_path(clip.path)) {
    throw Error("its file '{}' cannot lie below --input; give --input the folder above", clip.path);
  }
  Clip& facts = clip.recording.clip;
  facts.label = cell(row, columns.label);
  if (facts.label.empty()) throw Error("{} has no label", clip.path);
  facts.speaker = cell(row, columns.speaker);
  for (const auto& [name, column] : columns.attributes) {
    if (std::string value = cell(row, column); !value.empty()) facts.attributes[name] = value;
  }
  for (auto [column, seconds] : {std::pair{columns.start, &clip.start}, {columns.end, &clip.end}}) {
    const std::string text = cell(row, column);
    if (text.empty() || text == "NaT") continue;
    const auto value = seconds_of(text);
    if (!value || !std::isfinite(*value) || *value < 0)
      throw Error("{}: the time '{}' is none", clip.path, text);
    *seconds = *value;
  }
  if (clip.end != 0 && clip.end <= clip.start) {
    throw Error("{}: its part ends at {} s and begins at {} s", clip.path, clip.end, clip.start);
  }
  for (const std::string& name : {facts.label, facts.speaker}) {
    if (name.empty() || is_inner_path(name)) continue;
    throw Error("{}: the name '{}' cannot be that of a folder, which outputs lie in", clip.path,
                name);
  }
  facts.key = cell(row, columns.clip);
  std::string& modality = clip.recording.modality;
  modality = cell(row, columns.modality);
  if (!modality.empty() && modality != kAudioVideo && modality != kVideoOnly &&
      modality != kAudioOnly) {
    throw Error("{}: its modality is '{}', expected {}, {} or {}", clip.path, modality, kAudioVideo,
                kVideoOnly, kAudioOnly);
  }
  return clip;
}

std::string time_text(double seconds) {
  return fmt::format("{}", seconds);
}

}  // namespace

// The file's name without folders where that tells the files apart, else with them.
void name_recordings(std::vector<DatasetClip>& files, const std::string& source,
                     std::vector<BadRow>* bad) {
  std::map<std::string, std::set<std::string>> paths;  // by stem
  std::map<std::string, int> parts;
  for (const auto& file : files) {
    paths[fs::path(file.path).stem().string()].insert(file.path);
    ++parts[file.path];
  }
  std::map<std::string, int> part;
  std::map<std::string, std::size_t> seen;
  std::vector<DatasetClip> named;
  for (DatasetClip& clip : files) {
    const fs::path path(clip.path);
    std::string name = paths[path.stem().string()].size() == 1
                           ? path.stem().string()
                           : fs::path(path).replace_extension().generic_string();
    std::ranges::replace(name, '/', '_');
    if (parts[clip.path] > 1) name += fmt::format("_{:03}", part[clip.path]++);
    clip.recording.name = name;
    Clip& facts = clip.recording.clip;
    if (facts.key.empty()) facts.key = name;
    clip.folder = facts.speaker.empty() ? facts.label : facts.speaker + "/" + facts.label;
    if (clip.recording.modality.empty()) clip.recording.modality = modality_by_extension(path);
    const auto [first, fresh] = seen.emplace(name, clip.line);
    if (fresh) {
      named.push_back(std::move(clip));
      continue;
    }
    const std::string reason = fmt::format("{}, line {}: the recording {} is in line {} already",
                                           source, clip.line, name, first->second);
    if (bad == nullptr) throw Error("{}", reason);
    bad->push_back({clip.line, reason});
  }
  files = std::move(named);
}

std::vector<DatasetClip> read_corpus_table(const fs::path& path, std::vector<BadRow>* bad) {
  CsvReader rows(path, CsvOrigin::elsewhere);
  const Columns columns = columns_of(rows.table());
  std::vector<DatasetClip> files;
  std::map<std::tuple<std::string, double, double>, std::size_t> listed;  // -> line
  const auto spoilt = [&](const std::string& reason) {
    if (bad == nullptr) throw Error("{}", reason);
    bad->push_back({rows.line(), reason});
  };
  for (;;) {
    std::optional<std::vector<std::string>> row;
    try {
      row = rows.next();
    } catch (const Error& error) {  // says where
      spoilt(error.what());
      continue;
    }
    if (!row) break;
    try {
      DatasetClip file = file_of(*row, columns, rows.was_escaped(columns.file));
      file.line = rows.line();
      const auto [first, fresh] =
          listed.emplace(std::tuple(file.path, file.start, file.end), file.line);
      if (!fresh) throw Error("{} is in line {} already", file.path, first->second);
      files.push_back(std::move(file));
    } catch (const Error& error) {
      spoilt(fmt::format("{}, line {}: {}", path.string(), rows.line(), error.what()));
    }
  }
  if (files.empty() && (bad == nullptr || bad->empty())) {
    throw Error("{} lists no file", path.string());
  }
  name_recordings(files, path.string(), bad);
  return files;
}

std::string corpus_table_text(const std::vector<DatasetClip>& files) {
  std::set<std::string> attributes, paths;
  bool parts = false, keys = false, modalities = false;
  for (const auto& clip : files) {
    for (const auto& [name, value] : clip.recording.clip.attributes) attributes.insert(name);
    parts |= clip.start != 0 || clip.end != 0;
    keys |= clip.recording.clip.key != fs::path(clip.path).stem().string() ||
            !paths.insert(clip.path).second;
    modalities |= clip.recording.modality != modality_by_extension(clip.path);
  }
  std::vector<std::string> header = {"file"};
  if (parts) header.insert(header.end(), {"start", "end"});
  header.insert(header.end(), {"emotion", "speaker"});
  if (keys) header.push_back("clip");
  if (modalities) header.push_back("modality");
  header.insert(header.end(), attributes.begin(), attributes.end());
  std::string text = spreadsheet_line(header);
  for (const auto& clip : files) {
    const Clip& facts = clip.recording.clip;
    std::vector<std::string> row = {spreadsheet_path(clip.path)};
    if (parts) {
      row.push_back(time_text(clip.start));
      row.push_back(clip.end == 0 ? "" : time_text(clip.end));
    }
    std::vector<std::string> named = {facts.label, facts.speaker};
    if (keys) named.push_back(facts.key);
    if (modalities) named.push_back(clip.recording.modality);
    for (const std::string& name : attributes) named.push_back(facts.value(name));
    std::ranges::transform(named, std::back_inserter(row), spreadsheet_cell);
    text += csv_line(row);
  }
  return text;
}

}  // namespace aver
