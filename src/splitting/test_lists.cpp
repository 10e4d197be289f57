#include "splitting/test_lists.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"

namespace aver {
namespace {

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  for (std::string& line : split_text(read_file(file), '\n')) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

/// What a list calls one clip: any of these.
using Names = std::vector<std::string>;

std::vector<Names> names_in_json_lines(const fs::path& file) {
  std::vector<Names> clips;
  for (const std::string& line : lines_of(file)) {
    const auto object = parse_json(line);
    Names& names = clips.emplace_back();
    for (const char* key : {"key", "wav"}) {
      const auto found = object.is_object() ? object.find(key) : object.end();
      if (found != object.end() && found->is_string()) names.push_back(found->get<std::string>());
    }
    if (names.empty()) {
      throw Error("{}, line {}: no JSON object with a key or wav", file.string(), clips.size());
    }
  }
  return clips;
}

std::vector<Names> names_in(const fs::path& file) {
  if (file.extension() == ".jsonl") return names_in_json_lines(file);
  std::vector<Names> clips;
  if (file.extension() == ".csv") {
    const CsvTable table = read_csv(file);
    const bool clip = std::ranges::find(table.header, "clip") != table.header.end();
    const std::size_t column = table.column(clip ? "clip" : "file");
    for (const auto& row : table.rows) clips.push_back({row[column]});
    return clips;
  }
  for (std::string& line : lines_of(file)) clips.push_back({std::move(line)});
  return clips;
}

/// The key of the clip that one of these names means; "" where none does.
std::string key_of(const Names& names, const ClipTable& clips) {
  for (const std::string& name : names) {
    std::string key = clips.key(name);
    if (clips.clips().contains(key)) return key;
  }
  return {};
}

}  // namespace

TestLists read_test_lists(const std::vector<std::string>& files, const ClipTable& clips) {
  TestLists lists;
  std::map<std::string, std::string> list_of;  // clip -> the file that names it
  for (const std::string& file : files) {
    std::vector<std::string> keys;
    std::size_t missing = 0;
    std::string first_missing;
    for (const Names& names : names_in(file)) {
      const std::string key = key_of(names, clips);
      if (key.empty()) {
        if (missing++ == 0) first_missing = names.front();
        continue;
      }
      const auto [found, fresh] = list_of.emplace(key, file);
      if (!fresh && found->second != file) {
        throw Error("{} is tested by {} and by {}", key, found->second, file);
      }
      if (fresh) keys.push_back(key);
    }
    if (keys.empty() && std::ranges::count(files, file) > 1) {
      throw Error("--test-lists names {} twice", file);
    }
    if (keys.empty()) {
      throw Error("{} names no clip that is there{}", file,
                  missing > 0 ? fmt::format(": {} is none", first_missing) : "");
    }
    if (missing > 0) {
      lists.remarks.push_back(fmt::format("{} names {} {} not there, such as {}.", file,
                                          counted(missing, "clips"),
                                          missing == 1 ? "that is" : "that are", first_missing));
    }
    lists.tested.push_back(std::move(keys));
  }
  return lists;
}

}  // namespace aver
