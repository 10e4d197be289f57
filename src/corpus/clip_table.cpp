#include "corpus/clip_table.h"

#include <algorithm>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/spreadsheet.h"
#include "corpus/known_corpora.h"
#include "corpus/version_name.h"

namespace aver {
namespace {

constexpr const char* kClip = "clip";
constexpr const char* kLabel = "label";
constexpr const char* kSpeaker = "speaker";

std::string_view without_folders(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

constexpr std::string_view kDescription = ".corpus.toml";

/// Where a table keeps the description of a corpus that does not come with aver.
fs::path description_beside(const fs::path& table, const std::string& corpus) {
  return table.parent_path() / (corpus + std::string(kDescription));
}

/// Reads the description beside a table, unless this program was told one of that name.
void remember_description(const fs::path& table, const std::string& corpus) {
  const bool plain = !corpus.empty() && corpus.find('/') == std::string::npos;
  if (!plain || shipped_scheme(corpus) || own_scheme(corpus)) return;
  const fs::path path = description_beside(table, corpus);
  if (fs::exists(path)) scheme_named(path.string());
}

}  // namespace

ClipTable::ClipTable(std::shared_ptr<const Scheme> names) {
  if (names) schemes_.push_back(std::move(names));
}

void ClipTable::add(const Clip& clip) {
  if (!clips_.emplace(clip.key, clip).second) return;
  if (!corpora_.insert(clip.value("corpus")).second) return;
  if (auto scheme = scheme_of(clip)) schemes_.push_back(std::move(scheme));
}

void ClipTable::add(const Recording& recording) {
  add(recording.clip);
  if (recording.name != recording.clip.key) {
    recordings_.emplace(recording.name, recording.clip.key);
  }
}

const Clip* ClipTable::known(std::string_view name) const {
  if (const auto found = clips_.find(name); found != clips_.end()) return &found->second;
  const auto recording = recordings_.find(name);
  return recording == recordings_.end() ? nullptr : &clips_.find(recording->second)->second;
}

std::optional<Clip> ClipTable::find(std::string_view name) const {
  if (const Clip* clip = known(name)) return *clip;
  if (const auto version = version_in(name)) {
    const auto original = find(version->of);
    return original ? std::optional(version_of(*original, version->number)) : std::nullopt;
  }
  std::optional<Clip> read;
  for (const auto& scheme : schemes_) {
    const auto clip = scheme->find(name);
    if (!clip) continue;
    if (const Clip* found = known(clip->key)) return *found;
    if (!read) read = clip;
  }
  const std::string_view file = without_folders(name);
  for (const std::string_view writing :
       {name.substr(0, name.rfind('.')), file, file.substr(0, file.rfind('.'))}) {
    if (const Clip* clip = known(writing)) return *clip;
  }
  return read;
}

std::optional<Recording> ClipTable::recording(std::string_view name) const {
  for (const auto& scheme : schemes_) {
    try {
      Recording read = scheme->read(name, "").recording;
      if (!read.modality.empty()) return read;
    } catch (const Error&) {
      // It is no name of this corpus.
    }
  }
  return std::nullopt;
}

std::string ClipTable::key(std::string_view name) const {
  const auto clip = find(name);
  return clip ? clip->key : std::string(name);
}

std::string ClipTable::speaker(const Clip& clip) const {
  if (corpora_.size() < 2 || clip.speaker.empty()) return clip.speaker;
  return clip.value("corpus") + " " + clip.speaker;
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
  std::string text = spreadsheet_line(header);
  for (const auto& [key, clip] : table.clips()) {
    std::vector<std::string> row = {key, clip.label, clip.speaker};
    for (const std::string& name : attributes) row.push_back(clip.value(name));
    text += spreadsheet_line(row);
  }
  write_file(path, text);
  write_descriptions(path, table.corpora());
}

void write_descriptions(const fs::path& path, const std::set<std::string>& corpora) {
  for (const std::string& corpus : corpora) {
    const auto scheme = shipped_scheme(corpus) ? nullptr : own_scheme(corpus);
    if (!scheme) continue;
    const fs::path beside = description_beside(path, corpus);
    if (fs::exists(beside) && read_file(beside) == scheme->toml()) continue;
    write_file(beside, scheme->toml());
  }
}

void read_clip_table(const fs::path& path, ClipTable& table) {
  CsvReader rows(path);
  const CsvTable& head = rows.table();
  std::set<std::string> corpora;
  const std::size_t key = head.column(kClip), label = head.column(kLabel),
                    speaker = head.column(kSpeaker);
  while (const auto row = rows.next()) {
    Clip clip{(*row)[key], (*row)[label], (*row)[speaker], {}};
    if (clip.key.empty()) throw Error("{}: a row has no clip", path.string());
    for (std::size_t i = 0; i < row->size(); ++i) {
      if (i == key || i == label || i == speaker || (*row)[i].empty()) continue;
      clip.attributes[head.header[i]] = (*row)[i];
    }
    if (corpora.insert(clip.value("corpus")).second) {
      remember_description(path, clip.value("corpus"));
    }
    table.add(clip);
  }
}

bool brings_description(const fs::path& folder) {
  std::error_code none;
  return std::ranges::any_of(fs::directory_iterator(folder, none), [](const auto& entry) {
    return entry.path().string().ends_with(kDescription);
  });
}

}  // namespace aver
