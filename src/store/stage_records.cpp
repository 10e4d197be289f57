#include "store/stage_records.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/csv.h"
#include "base/error.h"
#include "base/inner_path.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "corpus/clip_table.h"
#include "corpus/known_corpora.h"
#include "store/settings.h"

namespace aver {

using nlohmann::json;

namespace {

const std::vector<std::string> kManifestHeader = {"output",          "clip",   "recording",
                                                  "modality",        "source", "source_size",
                                                  "source_modified", "shape",  "content"};

// Columns of format 1, which had RAVDESS's fields in their place.
const std::vector<std::string> kFirstFormat = {"channel",   "emotion",    "intensity",
                                               "statement", "repetition", "actor"};

/// Counts stand in the first row of their clip, so that the sum of a column is that of the folder.
std::string manifest_lines(const StageClip& clip, const StageCounts& names) {
  const Recording& recording = clip.recording;
  std::string text;
  for (std::size_t i = 0; i < clip.outputs.size(); ++i) {
    const StageOutput& output = clip.outputs[i];
    std::vector<std::string> row = {output.path,
                                    recording.clip.key,
                                    recording.name,
                                    recording.modality,
                                    clip.source,
                                    std::to_string(clip.stamp.size),
                                    std::to_string(clip.stamp.modified),
                                    output.shape,
                                    output.content};
    for (const auto& [name, sum] : names) {
      const auto count = clip.counts.find(name);
      const bool stands_here = i == 0 && count != clip.counts.end();
      row.push_back(stands_here ? std::to_string(count->second) : "");
    }
    text += spreadsheet_line(row);
  }
  return text;
}

/// A recording of a folder in format 1, by its name in RAVDESS's way.
Recording recording_of_first_format(const std::string& name) {
  return ravdess().read(name, kAudioVideo).recording;
}

json to_json(const Clip& clip) {
  return {{"key", clip.key},
          {"label", clip.label},
          {"speaker", clip.speaker},
          {"attributes", clip.attributes}};
}

Clip clip_from(const json& entry) {
  return {entry.at("key"), entry.at("label"), entry.at("speaker"), entry.at("attributes")};
}

std::string remedy(const fs::path& folder) {
  return fmt::format("remove the folder {} and run its stage again", folder.string());
}

Recording recording_from(const json& line, const fs::path& path) {
  if (line.at("clip").is_string()) {
    try {
      return recording_of_first_format(line.at("clip"));
    } catch (const Error& error) {
      throw Error("{} is damaged: {}; {}", path.string(), error.what(), remedy(path.parent_path()));
    }
  }
  return {clip_from(line.at("clip")), line.at("recording"), line.at("modality")};
}

/// A path that is to be read or removed one day.
void require_inner(const fs::path& folder, const std::string& output, const fs::path& said_by) {
  inner_path(folder, output, said_by.string(), remedy(folder));
}

bool are_remarks(const json& list) {
  return list.is_array() && std::ranges::all_of(list, [](const json& remark) {
           return remark.is_object() && remark.contains("source") && remark["source"].is_string() &&
                  remark.contains("reason") && remark["reason"].is_string();
         });
}

/// Whether everything that a stage.json must or may have is of its kind.
bool is_header(const json& header) {
  if (!header.is_object()) return false;
  const auto has = [&](const char* key, auto is_kind, bool needed) {
    const auto found = header.find(key);
    return found == header.end() ? !needed : is_kind(*found);
  };
  const auto text = [](const json& value) { return value.is_string(); };
  const auto number = [](const json& value) { return value.is_number_integer(); };
  const auto object = [](const json& value) { return value.is_object() || value.is_null(); };
  const auto truth = [](const json& value) { return value.is_boolean(); };
  return has("stage", text, true) && has("format", number, true) && has("state", text, true) &&
         has("tool", text, false) && has("settings", object, false) &&
         has("forced", truth, false) && has("skipped", are_remarks, false) &&
         has("failed", are_remarks, false);
}

}  // namespace

StageCounts sum_of_counts(const StageClips& clips) {
  StageCounts sums;
  for (const auto& [id, clip] : clips) {
    for (const auto& [name, count] : clip.counts) sums[name] += count;
  }
  return sums;
}

void write_manifest(const fs::path& path, const StageClips& clips) {
  constexpr std::size_t kPart = 1 << 16;
  write_file_in_parts(path, [&](const AppendPart& append) {
    const StageCounts counts = sum_of_counts(clips);
    std::vector<std::string> names = kManifestHeader;
    for (const auto& [name, sum] : counts) names.push_back(name);
    std::string text = spreadsheet_line(names);
    for (const auto& [id, clip] : clips) {
      text += manifest_lines(clip, counts);
      if (text.size() < kPart) continue;
      append(text);
      text.clear();
    }
    append(text);
  });
}

void write_clips(const fs::path& path, const StageClips& clips) {
  ClipTable table;
  for (const auto& [name, clip] : clips) table.add(clip.recording.clip);
  write_clip_table(path, table);
}

void write_descriptions_of(const fs::path& path, const StageClips& clips) {
  std::set<std::string> corpora;
  for (const auto& [name, clip] : clips) corpora.insert(clip.recording.clip.value("corpus"));
  write_descriptions(path, corpora);
}

StageClips read_manifest(const fs::path& folder) {
  CsvReader rows(folder / kManifestFile);
  const auto column = [&](const char* name) { return rows.table().column(name); };
  const std::size_t output = column("output"), clip = column("clip"), modality = column("modality"),
                    source = column("source"), size = column("source_size"),
                    modified = column("source_modified"), shape = column("shape");
  const auto name = rows.table().find("recording");
  const auto content = rows.table().find("content");  // not in older ones
  ClipTable known;
  if (name) read_clip_table(folder / kClipsFile, known);
  std::map<std::string, std::size_t> counts;  // name -> column
  for (std::size_t i = 0; i < rows.table().header.size(); ++i) {
    const std::string& title = rows.table().header[i];
    const auto own = [&](const auto& list) { return std::ranges::find(list, title) != list.end(); };
    if (!own(kManifestHeader) && !own(kFirstFormat)) counts[title] = i;
  }
  const auto recording_of = [&](const std::vector<std::string>& row) -> Recording {
    if (!name) return recording_of_first_format(row[modality] + "-" + row[clip]);
    const auto found = known.clips().find(row[clip]);
    if (found == known.clips().end()) {
      throw Error("{} has the clip {}, which {} has not: run the stage again with --force",
                  (folder / kManifestFile).string(), row[clip], kClipsFile);
    }
    return {found->second, row[*name], row[modality]};
  };
  StageClips clips;
  while (const auto next = rows.next()) {
    const auto& row = *next;
    const std::string key = name ? row[*name] : row[modality] + "-" + row[clip];
    const auto [place, fresh] = clips.try_emplace(key);
    StageClip& entry = place->second;
    if (fresh) {
      entry.recording = recording_of(row);
      entry.source = row[source];
      entry.stamp.size = static_cast<std::uintmax_t>(parse_integer(row[size]).value_or(0));
      entry.stamp.modified = parse_integer(row[modified]).value_or(0);
    }
    require_inner(folder, row[output], folder / kManifestFile);
    entry.outputs.push_back({row[output], row[shape], content ? row[*content] : ""});
    for (const auto& [title, i] : counts) {
      if (const auto count = parse_integer(row[i]); count && *count >= 0) {
        entry.counts[title] = static_cast<std::size_t>(*count);
      }
    }
  }
  return clips;
}

std::string journal_line(const StageClip& clip) {
  json outputs = json::array();
  for (const auto& output : clip.outputs) {
    outputs.push_back({output.path, output.shape});
    if (!output.content.empty()) outputs.back().push_back(output.content);
  }
  json line = {{"recording", clip.recording.name},
               {"modality", clip.recording.modality},
               {"clip", to_json(clip.recording.clip)},
               {"source", clip.source},
               {"size", clip.stamp.size},
               {"modified", clip.stamp.modified},
               {"outputs", outputs}};
  if (!clip.counts.empty()) line["counts"] = clip.counts;
  return "\n" + dump_keeping_bytes(line) + "\n";
}

std::string journal_line_of_failure(const std::string& recording) {
  return "\n" + dump_keeping_bytes({{"recording", recording}, {"failed", true}}) + "\n";
}

static void take_journal_entry(const json& entry, const fs::path& path, StageClips& clips) {
  if (entry.contains("failed")) {
    clips.erase((entry.contains("recording") ? entry.at("recording") : entry.at("clip"))
                    .get<std::string>());
    return;
  }
  Recording recording = recording_from(entry, path);
  const std::string name = recording.name;
  StageClip clip{std::move(recording),
                 entry.at("source"),
                 {whole_number<std::uintmax_t>(entry.at("size")),
                  whole_number<std::int64_t>(entry.at("modified"))},
                 {}};
  for (const auto& output : entry.at("outputs")) {
    clip.outputs.push_back(
        {output.at(0), output.at(1), output.size() > 2 ? output.at(2).get<std::string>() : ""});
    require_inner(path.parent_path(), clip.outputs.back().path, path);
  }
  const json counts = entry.value("counts", json::object());
  for (const auto& [count, number] : counts.items()) {
    clip.counts[count] = whole_number<std::size_t>(number);
  }
  clips[name] = std::move(clip);
}

void read_journal(const fs::path& path, StageClips& clips) {
  for (const auto& line : split_text(read_file(path), '\n')) {
    const json entry = restore_bytes(parse_json(line));
    if (!entry.is_object()) continue;
    reading_json(path.string(), remedy(path.parent_path()),
                 [&] { take_journal_entry(entry, path, clips); });
  }
}

json remarks_json(std::vector<StageRemark> remarks) {
  std::sort(remarks.begin(), remarks.end(), [](const StageRemark& a, const StageRemark& b) {
    return std::tie(a.source, a.reason) < std::tie(b.source, b.reason);
  });
  json list = json::array();
  for (const auto& remark : remarks) {
    list.push_back({{"source", remark.source}, {"reason", remark.reason}});
  }
  return list;
}

std::string settings_difference(const json& there, const json& now, const char* in_that,
                                const char* in_this) {
  std::vector<std::string> parts;
  for (const auto& [key, a, b] : differing_settings(there, now)) {
    parts.push_back(fmt::format("{} is {} {} and {} {}", key, quoted_json(a), in_that,
                                quoted_json(b), in_this));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

void refuse_damaged(const fs::path& folder) {
  throw Error("{} is damaged; {}", (folder / kHeaderFile).string(), remedy(folder));
}

json read_header(const fs::path& root) {
  const fs::path path = root / kHeaderFile;
  const json header = restore_bytes(parse_json(read_file(path)));
  if (!is_header(header)) refuse_damaged(root);
  // Of any size: what is cut to a smaller type may pass for an older format.
  if (const json& format = header["format"]; format > kStageFormat) {
    throw Error("{} was written in format {} by a newer {} than this one, which reads up to {}",
                root.string(), format.dump(), header.value("tool", "aver"), kStageFormat);
  }
  return header;
}

StageClips read_clips(const fs::path& folder) {
  StageClips clips;
  if (fs::exists(folder / kManifestFile)) clips = read_manifest(folder);
  if (fs::exists(folder / kJournalFile)) read_journal(folder / kJournalFile, clips);
  return clips;
}

std::vector<StageRemark> remarks_from_json(const json& list) {
  std::vector<StageRemark> remarks;
  for (const auto& remark : list) remarks.push_back({remark.at("source"), remark.at("reason")});
  return remarks;
}

std::string maker_of(const std::string& stage) {
  static const std::map<std::string, std::string> kMakers = {{"frames", "aver-extract-frames"},
                                                             {"audio", "aver-extract-audio"},
                                                             {"mfcc", "aver-compute-mfcc"},
                                                             {"features", "aver-compute-features"}};
  return kMakers.contains(stage) ? kMakers.at(stage) : "its stage";
}

}  // namespace aver
