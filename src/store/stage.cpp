#include "aver/store/stage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "aver/base/csv.h"
#include "aver/base/error.h"
#include "aver/base/text.h"

namespace aver {
namespace {

using nlohmann::json;

constexpr auto kHeaderFile = "stage.json";
constexpr auto kManifestFile = "manifest.csv";
constexpr auto kJournalFile = "journal.jsonl";
constexpr auto kRunning = "running";
constexpr auto kComplete = "complete";

const std::vector<std::string> kManifestHeader = {
    "output",  "clip",      "source",    "source_size", "source_modified", "modality", "channel",
    "emotion", "intensity", "statement", "repetition",  "actor",           "shape"};

std::string two_digits(int value) {
  return fmt::format("{:02}", value);
}

StageCounts sum_of_counts(const std::map<ClipId, StageClip>& clips) {
  StageCounts sums;
  for (const auto& [id, clip] : clips) {
    for (const auto& [name, count] : clip.counts) sums[name] += count;
  }
  return sums;
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

void write_manifest(const fs::path& path, const std::map<ClipId, StageClip>& clips) {
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

std::map<ClipId, StageClip> read_manifest(const fs::path& path) {
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
  std::map<ClipId, StageClip> clips;
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

json journal_line(const StageClip& clip) {
  json outputs = json::array();
  for (const auto& output : clip.outputs) outputs.push_back({output.path, output.shape});
  json line = {{"clip", clip.id.stem()},
               {"source", clip.source},
               {"size", clip.stamp.size},
               {"modified", clip.stamp.modified},
               {"outputs", outputs}};
  if (!clip.counts.empty()) line["counts"] = clip.counts;
  return line;
}

/// Adds what a journal says; a last line cut off by a kill is ignored.
void read_journal(const fs::path& path, std::map<ClipId, StageClip>& clips) {
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

/// "every is 5 there and 3 now; resize is …"
std::string difference(const json& there, const json& now) {
  std::set<std::string> keys;
  for (const auto& [key, value] : there.items()) keys.insert(key);
  for (const auto& [key, value] : now.items()) keys.insert(key);
  std::vector<std::string> parts;
  for (const auto& key : keys) {
    const json a = there.value(key, json()), b = now.value(key, json());
    if (a != b) parts.push_back(fmt::format("{} is {} there and {} now", key, a.dump(), b.dump()));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

json read_header(const fs::path& root) {
  const fs::path path = root / kHeaderFile;
  const json header = json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object() || !header.contains("stage") || !header.contains("format") ||
      !header.contains("state")) {
    throw Error("{} is damaged; remove the folder {} and run its stage again", path.string(),
                root.string());
  }
  if (header["format"].get<int>() > kStageFormat) {
    throw Error("{} was written in format {} by a newer {} than this one, which reads up to {}",
                root.string(), header["format"].get<int>(), header.value("tool", "aver"),
                kStageFormat);
  }
  return header;
}

}  // namespace

StageWriter::StageWriter(fs::path root, StageDescription description, bool force)
    : root_(std::move(root)), description_(std::move(description)) {
  create_folders(root_);
  lock();
  if (!fs::exists(root_ / kHeaderFile)) {
    if (!list_files(root_).empty()) {
      throw Error("{} is not empty and no stage folder; choose another --output", root_.string());
    }
    return;
  }
  load();
  const json old = read_header(root_);
  if (old["stage"] != description_.stage) {
    throw Error("{} holds the stage '{}', not '{}'; choose another --output", root_.string(),
                old["stage"].get<std::string>(), description_.stage);
  }
  const json old_settings = old.value("settings", json::object());
  if (force) {
    // Removed by begin(), once there is something to put in its place.
    discarded_ = std::move(clips_);
    clips_.clear();
    complete_json_.reset();
    discarded_settings_ = old_settings;
  } else if (old_settings != description_.settings) {
    throw Error("{} was made with other settings ({}); use --force to redo it, or another --output",
                root_.string(), difference(old_settings, description_.settings));
  }
}

StageWriter::~StageWriter() = default;

void StageWriter::Descriptor::close() {
  if (file >= 0) ::close(file);
  file = -1;
}

void StageWriter::lock() {
  folder_.file = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // File systems that cannot lock are used without one.
  if (folder_.file >= 0 && ::flock(folder_.file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error("another program is writing to {}; wait for it, or choose another --output",
                root_.string());
  }
}

void StageWriter::discard() {
  // Until everything is gone the folder counts as an unfinished one with the old settings: after a
  // kill nothing of it is taken for output of the new ones.
  json old = header(kRunning);
  old["settings"] = *discarded_settings_;
  write_file(root_ / kHeaderFile, old.dump(2) + "\n");
  for (const auto& [id, clip] : discarded_) remove_outputs(clip, nullptr);
  discarded_.clear();
  discarded_settings_.reset();
  fs::remove(root_ / kManifestFile);
  fs::remove(root_ / kJournalFile);
}

void StageWriter::load() {
  const json old = read_header(root_);
  if (fs::exists(root_ / kManifestFile)) clips_ = read_manifest(root_ / kManifestFile);
  if (fs::exists(root_ / kJournalFile)) read_journal(root_ / kJournalFile, clips_);
  if (old["state"] == kComplete && !fs::exists(root_ / kJournalFile)) {
    complete_json_ = read_file(root_ / kHeaderFile);
  }
  // Temporary files of a killed run have no reader; anything else in the folder is left alone.
  for (auto it = fs::recursive_directory_iterator(root_); it != fs::recursive_directory_iterator();
       ++it) {
    if (is_temporary_name(it->path()) && it->is_regular_file()) fs::remove(it->path());
  }
}

json StageWriter::header(const char* state) const {
  return {
      {"tool", description_.tool},   {"version", AVER_VERSION},           {"format", kStageFormat},
      {"stage", description_.stage}, {"settings", description_.settings}, {"state", state}};
}

void StageWriter::begin() {
  if (begun_) return;
  begun_ = true;
  complete_json_.reset();
  if (discarded_settings_) discard();
  write_file(root_ / kHeaderFile, header(kRunning).dump(2) + "\n");
  journal_.file =
      ::open((root_ / kJournalFile).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (journal_.file < 0) {
    throw Error("cannot write {}: {}", (root_ / kJournalFile).string(),
                std::generic_category().message(errno));
  }
}

bool StageWriter::is_current(const ClipId& id, const FileStamp& stamp) const {
  const StageClip* clip = find(id);
  if (clip == nullptr || clip->stamp != stamp) return false;
  return std::all_of(clip->outputs.begin(), clip->outputs.end(), [&](const StageOutput& output) {
    return fs::is_regular_file(root_ / output.path);
  });
}

const StageClip* StageWriter::find(const ClipId& id) const {
  const auto found = clips_.find(id);
  return found == clips_.end() ? nullptr : &found->second;
}

void StageWriter::remove_outputs(const StageClip& clip, const StageClip* except) {
  for (const auto& output : clip.outputs) {
    const bool kept = except != nullptr &&
                      std::any_of(except->outputs.begin(), except->outputs.end(),
                                  [&](const auto& other) { return other.path == output.path; });
    std::error_code ignored;
    if (!kept) fs::remove(root_ / output.path, ignored);
  }
}

void StageWriter::add(StageClip clip) {
  begin();
  if (const StageClip* old = find(clip.id)) remove_outputs(*old, &clip);
  // A leading line end closes a line that a kill cut off.
  const std::string line = "\n" + journal_line(clip).dump() + "\n";
  if (::write(journal_.file, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    throw Error("cannot write {}: {}", (root_ / kJournalFile).string(),
                std::generic_category().message(errno));
  }
  clips_[clip.id] = std::move(clip);
  ++made_;
}

void StageWriter::fail(const ClipId& id, StageRemark remark) {
  if (const StageClip* old = find(id)) {
    begin();
    const std::string line = "\n" + json{{"clip", id.stem()}, {"failed", true}}.dump() + "\n";
    if (::write(journal_.file, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      throw Error("cannot write {}: {}", (root_ / kJournalFile).string(),
                  std::generic_category().message(errno));
    }
    remove_outputs(*old, nullptr);
    clips_.erase(id);
  }
  failed_.push_back(std::move(remark));
}

void StageWriter::fail(StageRemark remark) {
  failed_.push_back(std::move(remark));
}

void StageWriter::skip(StageRemark remark) {
  skipped_.push_back(std::move(remark));
}

std::vector<std::string> StageWriter::without_source(std::vector<ClipId> seen) const {
  std::sort(seen.begin(), seen.end());
  std::vector<std::string> lonely;
  for (const auto& [id, clip] : clips_) {
    if (!std::binary_search(seen.begin(), seen.end(), id)) lonely.push_back(id.stem());
  }
  return lonely;
}

StageSummary StageWriter::complete() {
  StageSummary summary{clips_.size(), made_, 0, sum_of_counts(clips_), skipped_, failed_};
  for (const auto& [id, clip] : clips_) summary.outputs += clip.outputs.size();

  json final_header = header(kComplete);
  final_header["counts"] = {{"clips", summary.clips},
                            {"outputs", summary.outputs},
                            {"skipped", skipped_.size()},
                            {"failed", failed_.size()}};
  for (const auto& [name, sum] : summary.counts) final_header["counts"][name] = sum;
  final_header["skipped"] = remarks_json(skipped_);
  final_header["failed"] = remarks_json(failed_);
  const std::string text = final_header.dump(2) + "\n";
  if (complete_json_ == text) return summary;

  begin();
  write_manifest(root_ / kManifestFile, clips_);
  write_file(root_ / kHeaderFile, text);
  journal_.close();
  fs::remove(root_ / kJournalFile);
  return summary;
}

Stage read_stage(const fs::path& root, const std::string& stage) {
  static const std::map<std::string, std::string> kMakers = {{"frames", "aver-extract-frames"},
                                                             {"audio", "aver-extract-audio"},
                                                             {"mfcc", "aver-compute-mfcc"}};
  const std::string maker = kMakers.contains(stage) ? kMakers.at(stage) : "its stage";
  if (!fs::is_directory(root)) {
    throw Error("no such folder: {}; {} makes it", root.string(), maker);
  }
  if (!fs::exists(root / kHeaderFile)) {
    throw Error("{} is not a stage folder (it has no stage.json); {} makes one", root.string(),
                maker);
  }
  const json header = read_header(root);
  if (header["stage"] != stage) {
    throw Error("{} holds the stage '{}' where '{}' is needed; {} makes that", root.string(),
                header["stage"].get<std::string>(), stage, maker);
  }
  if (header["state"] != kComplete) {
    throw Error("{} is unfinished; run {} on it again, it continues where it stopped",
                root.string(), maker);
  }
  Stage result{root, stage, header.value("settings", json::object()), {}};
  for (auto& [id, clip] : read_manifest(root / kManifestFile)) {
    result.clips.push_back(std::move(clip));
  }
  return result;
}

}  // namespace aver
