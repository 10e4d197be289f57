#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus.h"
#include "store/stage.h"

namespace aver {

/// Leaves in a catalog the clips whose modality is one of `wanted`; the others are recorded as
/// skipped. Throws Error when that leaves nothing to do (and no misnamed file to report).
void keep_modalities(Catalog& catalog, const std::set<std::string_view>& wanted,
                     const fs::path& input, StageWriter& writer);

/// One output of a clip, still in memory: a clip that breaks halfway leaves no files.
struct StageFile {
  std::string path;   ///< relative to the stage folder
  std::string shape;  ///< as in StageOutput
  std::vector<std::byte> bytes;
};

/// What a stage makes of one clip.
struct ClipProducts {
  ClipProducts(std::vector<StageFile> made, StageCounts counted = {},
               std::vector<std::string> remarked = {})
      : files(std::move(made)), counts(std::move(counted)), remarks(std::move(remarked)) {}
  std::vector<StageFile> files;
  StageCounts counts;
  std::vector<std::string> remarks;  ///< said when the clip is made: clauses about it
};

/// Makes the outputs of one clip. An Error it throws is why this clip is broken; others go on.
using ClipMaker = std::function<ClipProducts(const DatasetClip&)>;

/// A stage that works clip by clip.
struct ClipStage {
  std::string what;                        ///< for the progress bar: "extracting frames"
  std::function<ClipMaker()> make_worker;  ///< called once per thread
  /// Called by the worker when the files of a clip are in place; may be empty.
  std::function<void(const Recording&, const std::vector<StageFile>&)> after_write;
};

/// Brings every clip of the writer's (a shard's are those dealt to it) that is missing or whose
/// source changed up to date, `workers` clips at a time
/// (0 = inline), and records it; then `writer` still waits for its complete(). Broken clips are
/// recorded with their reason. An output that cannot be written (disk full, read-only folder) ends
/// the stage with Error: the clips before it are kept.
void run_clip_stage(StageWriter& writer, const fs::path& input,
                    const std::vector<DatasetClip>& clips, std::size_t workers, Progress& progress,
                    const ClipStage& stage);

/// Joins the shards of a stage that leaves nothing else to put right.
StageSummary join_clip_stage(const fs::path& folder, const StageMaker& maker);

/// Records the files of a catalog that are not named as their corpus names files as failed.
void fail_unnamed(StageWriter& writer, const fs::path& input, const Catalog& catalog);

/// Records the files as failed whose table says something else of their clip than another of its
/// lines does, and takes them out of the catalog.
void fail_contradictions(StageWriter& writer, const fs::path& input, Catalog& catalog);

/// Says which clips --filter and --labels leave out, and what is odd about the labels of the
/// others: they are counted, never silently gone.
void say_left_out(const ChosenClips& chosen);

/// What a stage did, for a person. `noun` is what its outputs are: "frames".
std::string summary_text(const StageSummary& summary, const fs::path& folder,
                         const std::string& noun);
nlohmann::json summary_json(const StageSummary& summary, const fs::path& folder);

/// What is to be done after a shard, as a line for a person; "" for a whole run. `failures`: some
/// of its clips failed, which the join says again.
std::string next_step_text(const std::optional<Shard>& shard, const std::string& tool,
                           const fs::path& folder, bool failures);

/// 1 when clips failed and that is not tolerated, else 0.
int exit_status(const StageSummary& summary, bool keep_going);

}  // namespace aver
