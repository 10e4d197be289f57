#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aver/base/files.h"
#include "aver/ravdess/clip_id.h"

namespace aver {

/// Version of the stage folder layout that this build writes; newer ones are refused.
inline constexpr int kStageFormat = 1;

/// One file a stage made.
struct StageOutput {
  std::string path;   ///< relative to the stage folder, '/' between parts
  std::string shape;  ///< of the content: "720x1280x3" (frame), "148032" (samples), "40x173" (MFCC)
};

/// What a stage counted in a clip beyond its outputs, by name; empty for most stages.
using StageCounts = std::map<std::string, std::size_t>;

/// One clip a stage finished.
struct StageClip {
  ClipId id;
  std::string source;  ///< relative to the input folder
  FileStamp stamp;     ///< of the source, when it was read
  std::vector<StageOutput> outputs;
  StageCounts counts = {};
};

/// A source that was left out, and why.
struct StageRemark {
  std::string source;
  std::string reason;
};

/// What identifies a stage's output: who made it and every setting that changes it.
struct StageDescription {
  std::string tool;         ///< "aver-compute-mfcc"
  std::string stage;        ///< "frames", "audio" or "mfcc"
  nlohmann::json settings;  ///< flat object; worker counts, paths and times do not belong here
};

struct StageSummary {
  std::size_t clips = 0;    ///< in the folder now
  std::size_t made = 0;     ///< of these, made by this run
  std::size_t outputs = 0;  ///< files in the manifest
  StageCounts counts;       ///< summed over the clips in the folder
  std::vector<StageRemark> skipped;
  std::vector<StageRemark> failed;
};

/// Writes a stage folder: `stage.json` first (state "running"), a line in `journal.jsonl` after
/// each finished clip, and at the end `manifest.csv` and `stage.json` (state "complete"). One
/// writer per folder; not thread-safe. A killed run leaves a folder that the next run continues.
class StageWriter {
 public:
  /// Opens or creates the folder. Throws Error when it holds something that is no such stage
  /// folder, a newer format, or (without `force`) output made with other settings. With `force`
  /// such output is redone: everything the old manifest lists is removed first.
  StageWriter(fs::path root, StageDescription description, bool force);
  ~StageWriter();
  StageWriter(const StageWriter&) = delete;
  StageWriter& operator=(const StageWriter&) = delete;

  const fs::path& root() const { return root_; }

  /// True when this clip is done, from a source with this stamp, and all its outputs are there.
  bool is_current(const ClipId& id, const FileStamp& stamp) const;

  /// What is known of a clip; nullptr when it is not done.
  const StageClip* find(const ClipId& id) const;

  /// The clips that are done, by this run and by earlier ones.
  const std::map<ClipId, StageClip>& clips() const { return clips_; }

  /// Marks the folder as unfinished ("running"). To be called before the first output is written,
  /// so that a kill never leaves a folder that looks complete; add() and fail() call it too.
  void begin();

  /// Records a finished clip; its outputs must be in place. Outputs of an earlier run that are not
  /// among the new ones are removed.
  void add(StageClip clip);
  /// Records a clip that could not be done and removes what an earlier run made of it.
  void fail(const ClipId& id, StageRemark remark);
  /// Records a file that is not a clip of this stage and could not be taken.
  void fail(StageRemark remark);
  void skip(StageRemark remark);

  /// Clips in the folder that `seen` (the clips of this run's input) does not name; they are kept.
  std::vector<std::string> without_source(std::vector<ClipId> seen) const;

  /// Writes manifest and final stage.json. Nothing is rewritten when nothing changed.
  StageSummary complete();

 private:
  /// An open file, closed at the end.
  struct Descriptor {
    Descriptor() = default;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    void close();
    int file = -1;
  };

  void lock();
  void load();
  void discard();
  void remove_outputs(const StageClip& clip, const StageClip* except);
  nlohmann::json header(const char* state) const;

  fs::path root_;
  StageDescription description_;
  std::map<ClipId, StageClip> clips_;
  std::size_t made_ = 0;
  std::vector<StageRemark> skipped_;
  std::vector<StageRemark> failed_;
  std::optional<std::string> complete_json_;  ///< stage.json of a finished earlier run
  bool begun_ = false;
  std::map<ClipId, StageClip> discarded_;  ///< of earlier output that is redone
  std::optional<nlohmann::json> discarded_settings_;
  Descriptor journal_;
  Descriptor folder_;  ///< holds the lock
};

/// A finished stage folder.
struct Stage {
  fs::path root;
  std::string stage;
  nlohmann::json settings;
  std::vector<StageClip> clips;  ///< sorted by ClipId, outputs in manifest order
};

/// Reads a stage folder. Throws Error that says what to run when the folder is missing, is another
/// stage's, is unfinished, or has a newer format.
Stage read_stage(const fs::path& root, const std::string& stage);

}  // namespace aver
