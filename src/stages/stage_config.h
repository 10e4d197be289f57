#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/files.h"
#include "base/shard.h"
#include "corpus/corpus.h"

namespace aver {

class Options;

/// What a program that works clip by clip has of its own, around what all of them have.
struct StageOptions {
  std::string input;                                ///< help of --input
  std::string output = "Stage folder to write";     ///< help of --output
  std::function<void(Options&)> results;            ///< declares what it makes of the clips
  std::function<void(Options&)> running = nullptr;  ///< declares what changes none of that
};

/// What every program that works clip by clip is told.
struct StageConfig {
  fs::path input;   ///< dataset folder, or the stage folder before
  fs::path output;  ///< stage folder
  ClipChoice choice;
  bool force = false;               ///< redo output that was made with other settings
  std::optional<Shard> shard = {};  ///< do only this share of the clips, beside others
  bool join = false;                ///< join the shards of `output` instead; needs nothing else
  std::size_t workers = 0;          ///< clips at a time; 0 = inline
  bool keep_going = false;          ///< failed clips leave the exit status alone

  void describe(Options& options, const StageOptions& own);
};

}  // namespace aver
