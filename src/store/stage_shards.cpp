#include "store/stage_shards.h"

#include <algorithm>
#include <set>

#include "base/error.h"

namespace aver {
namespace {

using nlohmann::json;

constexpr auto kShardsFolder = "shards";
constexpr auto kJoinedFolder = ".shards-joined";

/// What a shard says of itself.
struct ShardRecord {
  Shard shard;
  std::string tool;
  std::string stage;
  json settings;
  bool forced = false;
  bool complete = false;
  std::string input;
  // A complete one also says:
  std::vector<std::string> dealt = {};
  std::vector<StageRemark> skipped = {};
  std::vector<StageRemark> failed = {};
};

ShardRecord record_from_header(const Shard& shard, const json& header) {
  ShardRecord record{shard,
                     header.at("tool"),
                     header.at("stage"),
                     header.at("settings"),
                     header.at("forced"),
                     header.at("state") == kComplete,
                     header.at("input")};
  if (!record.complete) return record;
  header.at("dealt").get_to(record.dealt);
  record.skipped = remarks_from_json(header.at("skipped"));
  record.failed = remarks_from_json(header.at("failed"));
  return record;
}

std::vector<ShardRecord> read_records(const fs::path& root) {
  std::vector<ShardRecord> records;
  for (const Shard& shard : begun_shards(root)) {
    const fs::path folder = records_of(root, shard);
    const json header = read_header(folder);
    try {
      records.push_back(record_from_header(shard, header));
    } catch (const std::exception&) {  // a key that is missing or of another type
      refuse_damaged(folder);
    }
  }
  return records;
}

/// "aver-extract-audio with --shard 2/3 and --shard 3/3"
std::string command_for(const std::string& tool, const std::vector<Shard>& shards) {
  std::vector<std::string> options;
  for (const Shard& shard : shards) options.push_back("--shard " + shard.text());
  return fmt::format("{} with {}", tool, enumerate(options));
}

void require_one_count(const fs::path& root, const std::vector<ShardRecord>& records) {
  for (const auto& record : records) {
    if (record.shard.count == records.front().shard.count) continue;
    throw Error(
        "{} holds shards of different counts ({} and {}): remove the folders in {} that are "
        "of a count you do not want",
        root.string(), records.front().shard.text(), record.shard.text(),
        shards_folder(root).string());
  }
}

void require_all_complete(const fs::path& root, const std::string& tool,
                          const std::vector<ShardRecord>& records) {
  const std::size_t count = records.front().shard.count;
  std::vector<Shard> open;
  std::vector<std::string> missing, unfinished;
  auto record = records.begin();
  for (std::size_t number = 1; number <= count; ++number) {
    const bool there = record != records.end() && record->shard.number == number;
    const bool complete = there && record->complete;
    if (!complete) {
      open.push_back({number, count});
      (there ? unfinished : missing).push_back(std::to_string(number));
    }
    if (there) ++record;
  }
  if (open.empty()) return;
  std::vector<std::string> parts;
  if (!missing.empty()) parts.push_back(fmt::format("{} missing", enumerate(missing)));
  if (!unfinished.empty()) parts.push_back(fmt::format("{} unfinished", enumerate(unfinished)));
  throw Error("of the {} shards of {} {}: run {}, then --join again", count, root.string(),
              enumerate(parts), command_for(tool, open));
}

void require_one_kind(const fs::path& root, const StageMaker& maker,
                      const std::vector<ShardRecord>& records) {
  const ShardRecord& first = records.front();
  for (const ShardRecord& record : records) {
    if (record.stage != maker.stage || record.tool != maker.tool) {
      throw Error("{} holds the stage '{}' of {}, which {} cannot join", root.string(),
                  record.stage, record.tool, maker.tool);
    }
    if (record.settings != first.settings) {
      throw Error(
          "shards {} and {} of {} were made with different settings ({}): run one of them "
          "again with --force",
          first.shard.text(), record.shard.text(), root.string(),
          settings_difference(first.settings, record.settings, "in the one", "in the other"));
    }
  }
}

void require_one_input(const fs::path& root, const std::vector<ShardRecord>& records) {
  const ShardRecord* first = nullptr;
  for (const ShardRecord& record : records) {
    if (!record.complete) continue;  // to be run again anyway
    if (first == nullptr) first = &record;
    if (record.input == first->input) continue;
    throw Error(
        "shards {} and {} of {} saw different recordings in --input (by name, size or time of "
        "change): run every shard again on the same --input, which does only what is missing or "
        "changed, then --join again; copies of the recordings must keep their times, as cp -a and "
        "rsync -a do",
        first->shard.text(), record.shard.text(), root.string());
  }
}

void append(std::vector<StageRemark>& all, std::vector<StageRemark> more) {
  std::ranges::move(more, std::back_inserter(all));
}

/// The folder as it was joined or made before; `settings` are those of the shards.
struct Before {
  StageClips clips;
  bool complete = false;
  bool stays = false;  ///< what is not in the input any more is kept
};

Before read_before(const fs::path& root, const std::vector<ShardRecord>& records) {
  Before before;
  if (!fs::exists(root / kHeaderFile)) return before;
  const json header = read_header(root);
  before.clips = read_clips(root);
  before.complete = header["state"] == kComplete && !fs::exists(root / kJournalFile);
  const bool redone = std::ranges::all_of(records, &ShardRecord::forced);
  before.stays = !redone && header.value("settings", json()) == records[0].settings;
  return before;
}

}  // namespace

fs::path shards_folder(const fs::path& root) {
  return root / kShardsFolder;
}

fs::path records_of(const fs::path& root, const Shard& shard) {
  return shards_folder(root) / shard.folder_name();
}

std::vector<Shard> begun_shards(const fs::path& root) {
  return shards_in(shards_folder(root), [](const fs::path& path) -> std::string {
    return fs::exists(path / kHeaderFile) ? path.filename().string() : "";
  });
}

void refuse_unjoined(const fs::path& root) {
  const auto shards = begun_shards(root);
  if (shards.empty()) return;
  const json header = read_header(records_of(root, shards.front()));
  const std::string maker = maker_of(header["stage"].get<std::string>());
  throw Error(
      "{} holds {} of {} shards that are not joined yet; when all are done run {} --join "
      "--output {}",
      root.string(), shards.size(), shards.front().count, maker, root.string());
}

void remove_joined_records(const fs::path& root) {
  fs::remove_all(root / kJoinedFolder);
}

void remove_shard_records(const fs::path& root) {
  // Half of them gone would look like shards that were never run.
  remove_at_once(shards_folder(root), root / kJoinedFolder);
}

FinishedShards read_finished_shards(const fs::path& root, const StageMaker& maker) {
  FinishedShards result;
  auto records = read_records(root);
  if (records.empty()) {
    const Stage stage = read_stage(root, maker.stage);  // says what is missing
    const json header = read_header(root);
    result.settings = stage.settings;
    for (const auto& clip : stage.clips) result.clips[clip.recording.name] = clip;
    result.same_clips = true;
    result.skipped = remarks_from_json(header.value("skipped", json::array()));
    result.failed = remarks_from_json(header.value("failed", json::array()));
    return result;
  }
  require_one_count(root, records);
  require_one_kind(root, maker, records);
  require_one_input(root, records);
  require_all_complete(root, maker.tool, records);

  result.there = true;
  result.settings = records.front().settings;
  std::set<std::string> dealt;
  for (ShardRecord& record : records) {
    result.clips.merge(read_manifest(records_of(root, record.shard)));
    dealt.insert(record.dealt.begin(), record.dealt.end());
    append(result.skipped, std::move(record.skipped));
    append(result.failed, std::move(record.failed));
  }
  const Before before = read_before(root, records);
  for (const auto& [id, clip] : before.clips) {
    if (before.stays && !dealt.contains(id)) result.clips.emplace(id, clip);
    if (!result.clips.contains(id)) result.lost.push_back(clip);
  }
  result.same_clips = before.complete && before.clips == result.clips;
  for (const auto& [id, clip] : result.clips) {
    const auto old = before.clips.find(id);
    if (old == before.clips.end() || old->second != clip) ++result.made;
  }
  return result;
}

}  // namespace aver
