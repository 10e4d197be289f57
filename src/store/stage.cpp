#include "store/stage.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "aver/version.h"
#include "base/archives.h"
#include "base/durable_file.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/inner_path.h"
#include "base/json_bytes.h"
#include "base/text.h"
#include "store/stage_records.h"
#include "store/stage_shards.h"

namespace aver {
namespace {

using nlohmann::json;

[[noreturn]] void refuse_foreign(const fs::path& root) {
  throw Error("{} is not empty and no stage folder; choose another --output", root.string());
}

/// A folder of something else is not written to.
void require_place_for_shard(const fs::path& root) {
  if (fs::exists(root / kHeaderFile) || !begun_shards(root).empty()) return;
  if (list_files(root).empty()) return;
  // Another shard may have begun just now: it makes its records before its first output.
  if (begun_shards(root).empty()) refuse_foreign(root);
}

void require_stage(const fs::path& root, const json& header, const std::string& stage) {
  if (header["stage"] == stage) return;
  throw Error("{} holds the stage '{}', not '{}'; choose another --output", root.string(),
              header["stage"].get<std::string>(), stage);
}

void require_settings(const fs::path& folder, const json& there, const json& now) {
  if (there == now) return;
  throw Error("{} was made with other settings ({}); use --force to redo it, or another --output",
              folder.string(), settings_difference(there, now));
}

void collect(const StageClips& clips, std::vector<StageClip>& all) {
  for (const auto& [id, clip] : clips) all.push_back(clip);
}

[[noreturn]] void fail_to_write(const fs::path& path) {
  throw Error("cannot write {}: {}", path.string(), std::generic_category().message(errno));
}

}  // namespace

StageWriter::StageWriter(fs::path root, StageDescription description, bool force,
                         const std::optional<Shard>& shard)
    : root_(std::move(root)), description_(std::move(description)), shard_(shard) {
  records_ = shard ? records_of(root_, *shard) : root_;
  create_folders(root_);
  lock();
  if (shard) {
    open_shard(force);
  } else {
    remove_joined_records(root_);
    open_whole(force);
  }
}

StageWriter::StageWriter(fs::path root, const StageMaker& maker)
    : root_(std::move(root)), joins_(true), records_(root_) {
  require_folder(root_);
  lock();
  remove_joined_records(root_);
  FinishedShards shards = read_finished_shards(root_, maker);
  remove_temporaries(root_);
  description_ = {maker.tool, maker.stage, std::move(shards.settings)};
  clips_ = std::move(shards.clips);
  lost_ = std::move(shards.lost);
  made_ = shards.made;
  skipped_ = std::move(shards.skipped);
  failed_ = std::move(shards.failed);
  if (shards.same_clips) complete_json_ = read_file(root_ / kHeaderFile);
}

StageWriter::~StageWriter() = default;

void StageWriter::Descriptor::close() {
  if (file >= 0) ::close(file);
  file = -1;
}

// Shards share the folder, and nothing they do needs it for themselves.
void StageWriter::lock() {
  lock_ = FolderLock(root_, is_shard() ? FolderLock::Kind::shared : FolderLock::Kind::exclusive);
}

/// When a folder's records were last written; 0 = there are none.
static std::int64_t time_of_records(const fs::path& folder) {
  std::int64_t last = 0;
  for (const char* name : {kManifestFile, kJournalFile}) {
    if (fs::exists(folder / name)) last = std::max(last, stamp_of(folder / name).modified);
  }
  return last;
}

void StageWriter::open_whole(bool force) {
  const auto shards = begun_shards(root_);
  if (!shards.empty() && !force) refuse_unjoined(root_);
  if (!fs::exists(root_ / kHeaderFile) && shards.empty()) {
    if (!list_files(root_).empty()) refuse_foreign(root_);
    return;
  }
  remove_temporaries(root_);
  std::vector<fs::path> folders;
  if (fs::exists(root_ / kHeaderFile)) folders.push_back(root_);
  for (const Shard& shard : shards) folders.push_back(records_of(root_, shard));
  const json old = read_header(folders.front());
  require_stage(root_, old, description_.stage);
  const json old_settings = old.value("settings", json::object());
  if (force) {
    // Removed by begin(), once there is something to put in its place.
    for (const fs::path& folder : folders) collect(read_clips(folder), discarded_);
    discarded_settings_ = old_settings;
    return;
  }
  require_settings(root_, old_settings, description_.settings);
  clips_ = read_clips(root_);
  recorded_at_ = time_of_records(root_);
  if (old["state"] == kComplete && !fs::exists(root_ / kJournalFile)) {
    complete_json_ = read_file(root_ / kHeaderFile);
  }
}

void StageWriter::open_shard(bool force) {
  require_place_for_shard(root_);
  const bool whole = fs::exists(root_ / kHeaderFile);
  for (const Shard& other : begun_shards(root_)) {
    if (other.count != shard_->count) {
      throw Error(
          "{} holds shards of {} (such as {}), and this is shard {}: finish and join those, or "
          "remove the folder {}",
          root_.string(), other.count, other.text(), shard_->text(), root_.string());
    }
    const json header = read_header(records_of(root_, other));
    require_stage(root_, header, description_.stage);
    if (!force) {
      require_settings(records_of(root_, other), header.value("settings", json::object()),
                       description_.settings);
    }
  }
  const bool begun = fs::exists(records_ / kHeaderFile);
  const json own = begun ? read_header(records_) : json::object();
  const json before = whole ? read_header(root_) : json::object();
  if (whole) require_stage(root_, before, description_.stage);
  const json whole_settings = before.value("settings", json::object());
  if (force) {
    // This reads as for the whole folder; deal() leaves the other shards' clips alone.
    if (whole) collect(read_clips(root_), discarded_);
    if (begun) collect(read_clips(records_), discarded_);
    if (begun) {
      discarded_settings_ = own.value("settings", json());
    } else if (whole) {
      discarded_settings_ = whole_settings;
    }
    forced_ = true;
    return;
  }
  forced_ = own.value("forced", false);
  if (whole && !forced_) {
    require_settings(root_, whole_settings, description_.settings);
    if (!fs::exists(records_ / kManifestFile)) from_whole_ = read_clips(root_);
  }
  recorded_at_ = std::max(time_of_records(root_), time_of_records(records_));
  clips_ = from_whole_;
  if (fs::exists(records_ / kManifestFile)) clips_ = read_manifest(records_);
  if (fs::exists(records_ / kJournalFile)) read_journal(records_ / kJournalFile, clips_);
  if (begun && own["state"] == kComplete && !fs::exists(records_ / kJournalFile)) {
    complete_json_ = read_file(records_ / kHeaderFile);
  }
}

void StageWriter::discard() {
  // Until everything is gone the folder counts as an unfinished one with the old settings: after a
  // kill nothing of it is taken for output of the new ones.
  json old = header(kRunning);
  old["settings"] = *discarded_settings_;
  write_file(records_ / kHeaderFile, dump_keeping_bytes(old, 2) + "\n");
  for (const auto& clip : discarded_) remove_outputs(clip, nullptr);
  discarded_.clear();
  discarded_settings_.reset();
  fs::remove(records_ / kManifestFile);
  fs::remove(records_ / kClipsFile);
  fs::remove(records_ / kJournalFile);
  if (!is_shard()) remove_shard_records(root_);
}

json StageWriter::header(const char* state) const {
  json header = {
      {"tool", description_.tool},   {"version", AVER_VERSION},           {"format", kStageFormat},
      {"stage", description_.stage}, {"settings", description_.settings}, {"state", state}};
  if (is_shard()) {
    header["shard"] = shard_->text();
    header["forced"] = forced_;
    header["input"] = input_;
    header["dealt"] = own_;
  }
  return header;
}

void StageWriter::deal(const std::vector<StageSource>& clips) {
  if (!is_shard()) return;
  Fingerprint input;
  std::set<std::string> others;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto& [name, stamp] = clips[i];
    input.add(name, stamp);
    const bool mine = shard_of_item(i, shard_->count) == shard_->number;
    (mine ? own_ : others).insert(name);
  }
  input_ = input.text();
  // What was taken over of the joined folder and is not this shard's, the joined folder's own
  // records keep. A clip that this shard did stays when its source is gone since, for its outputs
  // are there.
  std::erase_if(clips_, [&](const auto& entry) {
    if (owns(entry.first)) return false;
    const auto taken_over = from_whole_.find(entry.first);
    return others.contains(entry.first) ||
           (taken_over != from_whole_.end() && taken_over->second == entry.second);
  });
  std::erase_if(discarded_, [&](const StageClip& clip) { return !owns(clip.recording.name); });
}

bool StageWriter::owns(const std::string& recording) const {
  return !is_shard() || own_.contains(recording);
}

void StageWriter::begin() {
  if (begun_) return;
  begun_ = true;
  complete_json_.reset();
  if (discarded_settings_) discard();
  write_file(records_ / kHeaderFile, dump_keeping_bytes(header(kRunning), 2) + "\n");
  if (joins_) return;  // the shards' records are all that a second try needs
  journal_.file =
      ::open((records_ / kJournalFile).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (journal_.file < 0) fail_to_write(records_ / kJournalFile);
}

void StageWriter::append(const std::string& line) {
  // What is written in part is tried again, which tells the reason.
  for (std::string_view left = line; !left.empty();) {
    const ssize_t count = ::write(journal_.file, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_to_write(records_ / kJournalFile);
    left.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool StageWriter::is_current(const std::string& recording, const FileStamp& stamp) const {
  const StageClip* clip = find(recording);
  if (clip == nullptr || clip->stamp != stamp) return false;
  return std::all_of(clip->outputs.begin(), clip->outputs.end(), [&](const StageOutput& output) {
    std::error_code ignored;
    return fs::is_regular_file(root_ / output.path, ignored);
  });
}

std::vector<std::string> StageWriter::changed_outputs(const std::string& recording) const {
  std::vector<std::string> changed;
  const StageClip* clip = find(recording);
  if (clip == nullptr) return changed;
  for (const StageOutput& output : clip->outputs) {
    const fs::path path = root_ / output.path;
    const auto size = size_in_mark(output.content);
    if (!size || !fs::is_regular_file(path)) continue;
    const FileStamp stamp = stamp_of(path);
    if (stamp.size != *size ||
        (stamp.modified > recorded_at_ && content_mark_of(path) != output.content)) {
      changed.push_back(output.path);
    }
  }
  return changed;
}

const StageClip* StageWriter::find(const std::string& recording) const {
  const auto found = clips_.find(recording);
  return found == clips_.end() ? nullptr : &found->second;
}

void StageWriter::remove_outputs(const StageClip& clip, const StageClip* except) {
  for (const auto& output : clip.outputs) {
    const bool kept = except != nullptr &&
                      std::any_of(except->outputs.begin(), except->outputs.end(),
                                  [&](const auto& other) { return other.path == output.path; });
    if (!kept) remove_inner(root_, output.path);
  }
}

void StageWriter::add(StageClip clip) {
  begin();
  const std::string name = clip.recording.name;
  if (const StageClip* old = find(name)) remove_outputs(*old, &clip);
  append(journal_line(clip));
  clips_[name] = std::move(clip);
  ++made_;
}

void StageWriter::fail(const std::string& recording, StageRemark remark) {
  if (!owns(recording)) {
    if (shard_->number != 1) return;
    own_.insert(recording);
  }
  if (const StageClip* old = find(recording)) {
    begin();
    append(journal_line_of_failure(recording));
    remove_outputs(*old, nullptr);
    clips_.erase(recording);
  }
  failed_.push_back(std::move(remark));
}

void StageWriter::fail(StageRemark remark) {
  if (!is_shard() || shard_->number == 1) failed_.push_back(std::move(remark));
}

void StageWriter::skip(StageRemark remark) {
  if (!is_shard() || shard_->number == 1) skipped_.push_back(std::move(remark));
}

std::vector<const StageClip*> StageWriter::without_source(std::vector<std::string> seen) const {
  std::sort(seen.begin(), seen.end());
  std::vector<const StageClip*> lonely;
  for (const auto& [name, clip] : clips_) {
    if (!std::binary_search(seen.begin(), seen.end(), name)) lonely.push_back(&clip);
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
  const std::string text = dump_keeping_bytes(final_header, 2) + "\n";
  if (complete_json_ != text) {
    begin();
    for (const auto& clip : lost_) remove_outputs(clip, find(clip.recording.name));
    // A manifest is read with the clips that it names: they come first.
    write_clips(records_ / kClipsFile, clips_);
    write_manifest(records_ / kManifestFile, clips_);
    // What says that all of it is there comes to the disk after it.
    sync_file_system(root_);
    write_file_durably(records_ / kHeaderFile, text);
    journal_.close();
    fs::remove(records_ / kJournalFile);
  } else {
    write_descriptions_of(records_ / kClipsFile, clips_);
  }
  if (joins_) remove_shard_records(root_);
  return summary;
}

std::string stage_of(const fs::path& root) {
  if (!fs::exists(root / kHeaderFile)) return {};
  return read_header(root)["stage"].get<std::string>();
}

Stage read_stage(const fs::path& root, const std::string& stage) {
  const std::string maker = maker_of(stage);
  require_folder(root, maker);
  refuse_unjoined(root);
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
  for (auto& [id, clip] : read_manifest(root)) {
    result.clips.push_back(std::move(clip));
  }
  return result;
}

std::string changed_since(const StageOutput& recorded, const std::string& found,
                          const fs::path& file) {
  if (!recorded.shape.empty() && recorded.shape != found) {
    return fmt::format("is {} and was {} when its stage made it", found, recorded.shape);
  }
  if (recorded.content.empty() || recorded.content == content_mark_of(file)) return {};
  return "has other content than when its stage made it";
}

std::string changed_text(const std::vector<std::string>& changed, std::size_t of) {
  return fmt::format(
      "{} of {} {} not what {} stage made any more ({}{}): remove them and run that stage again, "
      "unless they were changed on purpose",
      changed.size(), counted(of, "files"), changed.size() == 1 ? "is" : "are",
      changed.size() == 1 ? "its" : "their", changed.front(), changed.size() == 1 ? "" : ", …");
}

}  // namespace aver
