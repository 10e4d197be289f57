#include "store/stage_records.h"

#include <algorithm>
#include <tuple>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "store/settings.h"

namespace aver {

using nlohmann::json;

namespace {

const std::vector<std::string> kManifestHeader = {
    "output",  "clip",      "source",    "source_size", "source_modified", "modality", "channel",
    "emotion", "intensity", "statement", "repetition",  "actor",           "shape"};

std::string two_digits(int value) {
  return fmt::format("{:02}", value);
}

/// Counts stand in the first row of their clip, so that the sum of a column is that of the folder.
std::string manifest_lines(const StageClip& clip, const StageCounts& names) {
  const ClipId& id = clip.id;
  std::string text;
  for (std::size_t i = 0; i < clip.outputs.size(); ++i) {
    const StageOutput& output = clip.outputs[i];
    std::vector<std::string> row = {output.path,
                                    id.key(),
                                    clip.source,
                                    std::to_string(clip.stamp.size),
                                    std::to_string(clip.stamp.modified),
                                    two_digits(static_cast<int>(id.modality)),
                                    two_digits(static_cast<int>(id.channel)),
                                    std::string(name_of(id.emotion)),
                                    two_digits(id.intensity),
                                    two_digits(id.statement),
                                    two_digits(id.repetition),
                                    two_digits(id.actor),
                                    output.shape};
    for (const auto& [name, sum] : names) {
      const auto count = clip.counts.find(name);
      const bool stands_here = i == 0 && count != clip.counts.end();
      row.push_back(stands_here ? std::to_string(count->second) : "");
    }
    text += csv_line(row);
  }
  return text;
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
    std::string text = csv_line(names);
    for (const auto& [id, clip] : clips) {
      text += manifest_lines(clip, counts);
      if (text.size() < kPart) continue;
      append(text);
      text.clear();
    }
    append(text);
  });
}

StageClips read_manifest(const fs::path& path) {
  CsvReader rows(path);
  const auto column = [&](const char* name) { return rows.table().column(name); };
  const std::size_t output = column("output"), clip = column("clip"), source = column("source"),
                    size = column("source_size"), modified = column("source_modified"),
                    modality = column("modality"), shape = column("shape");
  std::map<std::string, std::size_t> counts;  // name -> column
  for (std::size_t i = 0; i < rows.table().header.size(); ++i) {
    const std::string& name = rows.table().header[i];
    if (std::ranges::find(kManifestHeader, name) == kManifestHeader.end()) counts[name] = i;
  }
  StageClips clips;
  while (const auto next = rows.next()) {
    const auto& row = *next;
    const ClipId id = parse_clip_id(row[modality] + "-" + row[clip]);
    StageClip& entry = clips[id];
    entry.id = id;
    entry.source = row[source];
    entry.stamp.size = static_cast<std::uintmax_t>(parse_integer(row[size]).value_or(0));
    entry.stamp.modified = parse_integer(row[modified]).value_or(0);
    entry.outputs.push_back({row[output], row[shape]});
    for (const auto& [name, i] : counts) {
      if (const auto count = parse_integer(row[i])) {
        entry.counts[name] = static_cast<std::size_t>(*count);
      }
    }
  }
  return clips;
}

std::string journal_line(const StageClip& clip) {
  json outputs = json::array();
  for (const auto& output : clip.outputs) outputs.push_back({output.path, output.shape});
  json line = {{"clip", clip.id.stem()},
               {"source", clip.source},
               {"size", clip.stamp.size},
               {"modified", clip.stamp.modified},
               {"outputs", outputs}};
  if (!clip.counts.empty()) line["counts"] = clip.counts;
  return "\n" + line.dump() + "\n";
}

std::string journal_line_of_failure(const ClipId& id) {
  return "\n" + json{{"clip", id.stem()}, {"failed", true}}.dump() + "\n";
}

void read_journal(const fs::path& path, StageClips& clips) {
  for (const auto& line : split_text(read_file(path), '\n')) {
    const json entry = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!entry.is_object()) continue;
    const ClipId id = parse_clip_id(entry.at("clip").get<std::string>());
    if (entry.contains("failed")) {
      clips.erase(id);
      continue;
    }
    StageClip clip{id, entry.at("source"), {entry.at("size"), entry.at("modified")}, {}};
    for (const auto& output : entry.at("outputs")) {
      clip.outputs.push_back({output.at(0), output.at(1)});
    }
    clip.counts = entry.value("counts", StageCounts());
    clips[id] = std::move(clip);
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
    parts.push_back(
        fmt::format("{} is {} {} and {} {}", key, a.dump(), in_that, b.dump(), in_this));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

void refuse_damaged(const fs::path& folder) {
  throw Error("{} is damaged; remove the folder {} and run its stage again",
              (folder / kHeaderFile).string(), folder.string());
}

json read_header(const fs::path& root) {
  const fs::path path = root / kHeaderFile;
  const json header = json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object() || !header.contains("stage") || !header.contains("format") ||
      !header.contains("state")) {
    refuse_damaged(root);
  }
  if (header["format"].get<int>() > kStageFormat) {
    throw Error("{} was written in format {} by a newer {} than this one, which reads up to {}",
                root.string(), header["format"].get<int>(), header.value("tool", "aver"),
                kStageFormat);
  }
  return header;
}

StageClips read_clips(const fs::path& folder) {
  StageClips clips;
  if (fs::exists(folder / kManifestFile)) clips = read_manifest(folder / kManifestFile);
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
                                                             {"mfcc", "aver-compute-mfcc"}};
  return kMakers.contains(stage) ? kMakers.at(stage) : "its stage";
}

}  // namespace aver
