#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/shard.h"

// A file that several processes make together, each a share of its items: the shards stand in
// `<file>.shards/2-of-8.cbor` until they are joined. CBOR, for names of files may be in no
// encoding.
namespace aver {

/// What one shard has done.
struct OutputShard {
  Shard shard;
  nlohmann::json settings;  ///< flat; all shards of a file must agree in them
  std::string input;        ///< fingerprint of all items, by name, size and time
  std::size_t items = 0;    ///< of the whole file
  nlohmann::json done;      ///< array of [item, what became of it], items rising
  nlohmann::json report;    ///< of the shard as a whole
};

/// All shards of a file.
struct JoinedOutput {
  nlohmann::json settings;
  std::vector<nlohmann::json> items;    ///< what became of each
  std::vector<nlohmann::json> reports;  ///< of each shard
};

/// How the settings of two shards differ: "--rule is "mean" and "product", the --visual models
/// differ".
std::string difference_of_settings(const nlohmann::json& a, const nlohmann::json& b);

fs::path output_shards_folder(const fs::path& output);

/// Throws Error when a whole run would write over a file whose shards are not joined.
void refuse_unjoined_output(const fs::path& output);

/// To be called before the work: throws Error when shards that are there do not go with this one
/// (its `done` and `report` are not looked at), and warns when they had another input.
void check_output_shard(const fs::path& output, const OutputShard& shard);
void write_output_shard(const fs::path& output, const OutputShard& shard);

/// True when the file is there and nothing of a shard is: its shards are joined.
bool is_joined(const fs::path& output);
/// Throws Error that names missing shards and what to run, and shards of different inputs.
JoinedOutput read_output_shards(const fs::path& output);
/// Atomic: a kill leaves either all shards or none.
void remove_output_shards(const fs::path& output);

}  // namespace aver
