#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "base/files.h"
#include "base/option_value.h"

namespace aver {

/// One of `count` equal parts of a list of work, each done by a process of its own. Numbers count
/// from 1, as `split -n 2/8` and `--array=1-8` do.
struct Shard {
  std::size_t number = 1;
  std::size_t count = 1;

  std::string text() const;         ///< "2/8"
  std::string folder_name() const;  ///< "2-of-8"
  bool operator==(const Shard&) const = default;
};

/// The largest accepted number of shards.
inline constexpr std::size_t kMostShards = 100'000;

/// Reads "2/8", or "slurm": the place of this task in its Slurm job array, whatever number the
/// array starts from and counts in (SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _MAX, _STEP). Throws
/// UsageError for anything else, outside an array, and for arrays with gaps.
Shard shard_from_text(std::string_view text, const Environment& environment = environment_variable);

/// "i/N" or "slurm" as an option.
OptionValue option_value(std::optional<Shard>& field);

class Options;
/// Describes --shard and --join, of which one at most may be given.
void describe_shards(Options& options, std::optional<Shard>& shard, bool& join);

/// The shard named by Shard::folder_name(); nothing for another name.
std::optional<Shard> shard_from_folder_name(std::string_view name);

/// The shards that have an entry in a folder, by count and number; none when it is not there.
/// `name_of` says by which name an entry is a shard's ("" = by none).
std::vector<Shard> shards_in(const fs::path& folder,
                             const std::function<std::string(const fs::path&)>& name_of);

/// The number of the shard that does item `item` of a sorted list. Every run of `count` items in a
/// row is dealt one to each shard, from a shard that changes from run to run without a pattern: the
/// shards' sizes differ by at most one, and none gets every clip of one actor, whatever the period
/// of the list.
std::size_t shard_of_item(std::size_t item, std::size_t count);

/// Indices of a list of `size` items that a shard does, rising.
std::vector<std::size_t> items_of_shard(const Shard& shard, std::size_t size);

/// "3", "3 and 5" or "3, 5 and 6".
std::string enumerate(const std::vector<std::string>& parts);

}  // namespace aver
