#include "corpus/clip_table.h"

#include <set>

#include "base/csv.h"
#include "base/error.h"

namespace aver {
namespace {

constexpr const char* kClip = "clip";
constexpr const char* kLabel = "label";
constexpr const char* kSpeaker = "speaker";

}  // namespace

std::optional<Clip> ClipTable::find(std::string_view name) const {
  if (const auto known = clips_.find(name); known != clips_.end()) return known->second;
  const auto read = names_ ? names_->find(name) : std::nullopt;
  if (!read) return std::nullopt;
  const auto known = clips_.find(read->key);
  return known == clips_.end() ? read : known->second;
}

std::string ClipTable::key(std::string_view name) const {
  const auto clip = find(name);
  return clip ? clip->key : std::string(name);
}

std::vector<std::string> ClipTable::attributes() const {
  std::set<std::string> names;
  for (const auto& [key, clip] : clips_) {
    for (const auto& [name, value] : clip.attributes) names.insert(name);
  }
  return {names.begin(), names.end()};
}

void write_clip_table(const fs::path& path, const ClipTable& table) {
  const auto attributes = table.attributes();
  std::vector<std::string> header = {kClip, kLabel, kSpeaker};
  header.insert(header.end(), attributes.begin(), attributes.end());
  std::string text = csv_line(header);
  for (const auto& [key, clip] : table.clips()) {
    std::vector<std::string> row = {key, clip.label, clip.speaker};
    for (const std::string& name : attributes) row.push_back(clip.value(name));
    text += csv_line(row);
  }
  write_file(path, text);
}

void read_clip_table(const fs::path& path, ClipTable& table) {
  CsvReader rows(path);
  const CsvTable& head = rows.table();
  const std::size_t key = head.column(kClip), label = head.column(kLabel),
                    speaker = head.column(kSpeaker);
  while (const auto row = rows.next()) {
    Clip clip{(*row)[key], (*row)[label], (*row)[speaker], {}};
    if (clip.key.empty()) throw Error("{}: a row has no clip", path.string());
    for (std::size_t i = 0; i < row->size(); ++i) {
      if (i == key || i == label || i == speaker || (*row)[i].empty()) continue;
      clip.attributes[head.header[i]] = (*row)[i];
    }
    table.add(clip);
  }
}

}  // namespace aver
