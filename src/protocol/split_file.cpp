#include "protocol/split_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/csv.h"
#include "base/error.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/spreadsheet.h"
#include "base/text.h"

namespace aver {
namespace {

constexpr int kSplitFormat = 1;

Role role_from_name(const std::string& name, const std::string& source) {
  if (const auto role = role_called(name)) return *role;
  throw Error(
      "{}: the role '{}' is none of train, validation, test (training, val, dev… do as well)",
      source, name);
}

}  // namespace

fs::path note_of_split(fs::path path) {
  return path.replace_extension(".json");
}

void write_split(const fs::path& path, const Split& split) {
  write_split(path, note_of_split(path), split);
}

void write_split(const fs::path& path, const fs::path& note_at, const Split& split) {
  std::string text = spreadsheet_line({"fold", "clip", "role"});
  for (const auto& row : split.rows) {
    text += spreadsheet_line({std::to_string(row.fold), row.item, std::string(name_of(row.role))});
  }
  write_file(path, text);
  const nlohmann::json note = {
      {"format", kSplitFormat}, {"protocol", split.protocol}, {"seed", split.seed}};
  write_file(note_at, dump_keeping_bytes(note, 2) + "\n");
}

Split read_split_as_written(const fs::path& path) {
  const CsvTable table = read_csv(path, CsvOrigin::elsewhere);
  const std::size_t fold = table.column("fold"), clip = table.column("clip"),
                    role = table.column("role");
  Split split;
  for (const auto& row : table.rows) {
    const auto number = parse_whole(row[fold]);
    if (!number || *number < 0 || !std::in_range<int>(*number)) {
      throw Error("{}: the fold '{}' is no number from 0 up", table.source, row[fold]);
    }
    split.rows.push_back(
        {static_cast<int>(*number), row[clip], role_from_name(row[role], table.source)});
  }
  if (split.rows.empty()) throw Error("{} has no rows", table.source);
  if (fs::exists(note_of_split(path))) {
    const auto note = restore_bytes(parse_json(read_file(note_of_split(path))));
    if (!note.is_object()) throw Error("{} is damaged", note_of_split(path).string());
    reading_json(note_of_split(path).string(), "remove it, or make the split again", [&] {
      if (note.contains("format") && whole_number<long>(note["format"]) > kSplitFormat) {
        throw Error("{} has a newer format than this aver reads", note_of_split(path).string());
      }
      split.protocol = note.value("protocol", "");
      if (note.contains("seed")) split.seed = whole_number<std::uint64_t>(note["seed"]);
    });
  }
  return split;
}

Split read_split(const fs::path& path, const ClipTable& clips) {
  Split split = read_split_as_written(path);
  std::set<std::pair<int, std::string>> seen;
  for (auto& row : split.rows) {
    const std::string written = std::exchange(row.item, clips.key(row.item));
    if (!seen.emplace(row.fold, row.item).second) {
      throw Error("{} has {} twice in fold {}", path.string(), written, row.fold);
    }
  }
  return split;
}

}  // namespace aver
