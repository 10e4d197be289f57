#pragma once

#include <vector>

#include "base/shard.h"
#include "store/stage_records.h"

// The records that the shards of a stage leave in its folder, `shards/2-of-8/`, until they are
// joined: stage.json (beside the usual what was dealt to the shard), manifest or journal.
namespace aver {

fs::path shards_folder(const fs::path& root);
fs::path records_of(const fs::path& root, const Shard& shard);

/// The shards that have begun, by number.
std::vector<Shard> begun_shards(const fs::path& root);

/// Takes the records away at once, whenever it is killed; first what an earlier kill left of that.
void remove_shard_records(const fs::path& root);
void remove_joined_records(const fs::path& root);

/// What the shards of a folder come to.
struct FinishedShards {
  bool there = false;  ///< false: there are none, and the folder is complete without
  nlohmann::json settings;
  StageClips clips;             ///< the joined folder's
  std::vector<StageClip> lost;  ///< of the folder before, with outputs that are to go
  std::size_t made = 0;         ///< clips that the folder did not have before, or not so
  bool same_clips = false;      ///< nothing differs from what the complete folder holds already
  std::vector<StageRemark> skipped;
  std::vector<StageRemark> failed;
};

/// Reads and checks the records of all shards. Throws Error naming those that are missing or
/// unfinished and the commands to run, and when they do not belong together: other counts, tools,
/// settings or inputs.
FinishedShards read_finished_shards(const fs::path& root, const StageMaker& maker);

}  // namespace aver
