#include "series/series_file.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/finite.h"
#include "base/text.h"
#include "store/npy.h"

namespace aver {
namespace {

/// What tables have beside features: OpenFace's and openSMILE's counters, and what names a clip.
bool is_no_feature(const std::string& column) {
  static const std::set<std::string> kOthers = {
      "clip",    "file",      "name",       "path",       "label",     "emotion",
      "speaker", "subject",   "actor",      "fold",       "role",      "split",
      "start",   "end",       "frame",      "face_id",    "timestamp", "success",
      "class",   "frametime", "frameindex", "confidence", "time",      "index"};
  return kOthers.contains(to_lower(trim(column)));
}

/// Whether a name is what a pattern with at most one '*' says.
bool fits(const std::string& pattern, const std::string& name) {
  const auto star = pattern.find('*');
  if (star == std::string::npos) return name == pattern;
  const std::string begin = pattern.substr(0, star), end = pattern.substr(star + 1);
  return name.size() >= begin.size() + end.size() && name.starts_with(begin) && name.ends_with(end);
}

std::vector<std::size_t> places_of(const CsvTable& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  for (const std::string& name : names) places.push_back(table.column(name));
  return places;
}

float number_in(const CsvReader& reader, const std::vector<std::string>& row, std::size_t column) {
  const auto value = parse_double(trim(row[column]));
  if (!value || !std::isfinite(*value) || !std::isfinite(static_cast<float>(*value))) {
    throw Error("{}, line {}: '{}' in column {} is no finite number", reader.table().source,
                reader.line(), row[column].substr(0, 40), reader.table().header[column]);
  }
  return static_cast<float>(*value);
}

}  // namespace

const std::vector<std::string>& series_extensions() {
  static const std::vector<std::string> kExtensions = {".npy", ".csv", ".tsv"};
  return kExtensions;
}

std::vector<std::string> feature_columns(const CsvTable& table,
                                         const std::vector<std::string>& first_row,
                                         const std::vector<std::string>& patterns) {
  std::vector<std::string> found;
  for (const std::string& pattern : patterns) {
    const std::size_t before = found.size();
    for (const std::string& column : table.header) {
      if (fits(pattern, column) && std::ranges::find(found, column) == found.end()) {
        found.push_back(column);
      }
    }
    if (found.size() == before && std::ranges::none_of(table.header, [&](const auto& column) {
          return fits(pattern, column);
        })) {
      throw Error("{} has no column {}; there are: {}", table.source, pattern,
                  fmt::format("{}", fmt::join(table.header, ", ")).substr(0, 200));
    }
  }
  if (patterns.empty()) {
    for (std::size_t c = 0; c < table.header.size(); ++c) {
      if (!is_no_feature(table.header[c]) && parse_double(trim(first_row[c]))) {
        found.push_back(table.header[c]);
      }
    }
  }
  if (found.empty()) throw Error("{} has no column of numbers that is a feature", table.source);
  return found;
}

RawSeries read_series_file(const fs::path& path, const std::vector<std::string>& patterns) {
  RawSeries series;
  if (to_lower(path.extension().string()) == ".npy") {
    series.frames = read_npy(path);
    if (series.frames.shape.size() == 1) {
      series.frames.shape.insert(series.frames.shape.begin(), 1);
    }
    if (series.frames.shape.size() != 2 || series.frames.values.empty()) {
      throw Error("{} holds an array of shape {}, not [frames, features]", path.string(),
                  fmt::join(series.frames.shape, "x"));
    }
    if (const auto bad = first_not_finite(series.frames.values)) {
      throw Error("{} holds {} in frame {}, feature {}", path.string(), series.frames.values[*bad],
                  *bad / series.frames.columns(), *bad % series.frames.columns());
    }
    return series;
  }
  CsvReader reader(path, CsvOrigin::elsewhere);
  const auto success = reader.table().find("success");
  std::vector<std::size_t> places;
  while (const auto row = reader.next()) {
    if (places.empty()) {
      series.names = feature_columns(reader.table(), *row, patterns);
      places = places_of(reader.table(), series.names);
    }
    if (success && parse_double(trim((*row)[*success])) == 0.0) {
      ++series.lost;
      continue;
    }
    for (const std::size_t place : places) {
      series.frames.values.push_back(number_in(reader, *row, place));
    }
  }
  if (series.frames.values.empty()) {
    throw Error("{} has no frame{}", path.string(),
                series.lost > 0 ? fmt::format(" in which a face was found, of {}", series.lost)
                                : std::string());
  }
  series.frames.shape = {series.frames.values.size() / places.size(), places.size()};
  return series;
}

std::vector<RawSeries> read_series_table(const fs::path& path,
                                         const std::vector<std::string>& patterns) {
  CsvReader reader(path, CsvOrigin::elsewhere);
  std::optional<std::size_t> named;
  for (const char* column : {"clip", "file", "name"}) {
    if (!named) named = reader.table().find(column);
  }
  if (!named) {
    throw Error("{} has no column clip, file or name that says which clip a row is of",
                path.string());
  }
  std::vector<RawSeries> clips;
  std::set<std::string> seen;
  std::vector<std::string> names;
  std::vector<std::size_t> places;
  while (const auto row = reader.next()) {
    if (places.empty()) {
      names = feature_columns(reader.table(), *row, patterns);
      places = places_of(reader.table(), names);
    }
    // openSMILE puts its names into single quotes.
    std::string name = trim((*row)[*named]);
    if (name.size() > 2 && name.front() == '\'' && name.back() == '\'') {
      name = name.substr(1, name.size() - 2);
    }
    if (clips.empty() || clips.back().name != name) {
      if (name.empty() || !seen.insert(name).second) {
        throw Error("{}, line {}: {}", path.string(), reader.line(),
                    name.empty() ? std::string("no clip is named")
                                 : fmt::format("the clip {} has rows in two places", name));
      }
      clips.push_back({name, FloatArray::matrix(0, places.size()), names});
    }
    FloatArray& frames = clips.back().frames;
    for (const std::size_t place : places) {
      frames.values.push_back(number_in(reader, *row, place));
    }
    ++frames.shape[0];
  }
  if (clips.empty()) throw Error("{} has no rows", path.string());
  return clips;
}

}  // namespace aver
