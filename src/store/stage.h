#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/shard.h"
#include "corpus/clip.h"
#include "store/folder_lock.h"

namespace aver {

/// Version of the stage folder layout that this build writes; newer ones are refused.
inline constexpr int kStageFormat = 2;

/// One file a stage made.
struct StageOutput {
  std::string path;   ///< relative to the stage folder, '/' between parts
  std::string shape;  ///< of the content: "720x1280x3" (frame), "148032" (samples), "40x173" (MFCC)
  std::string content = {};  ///< content_mark() of the file; "" of what earlier versions made
  bool operator==(const StageOutput&) const = default;
};

/// How a file is another than its stage recorded, which is to be said: what follows is computed
/// from something that somebody changed. "is 5x10 and was 8x10 when its stage made it"; "" when it
/// is what was recorded, or nothing is recorded. `found`: the shape of `file`, which was read.
std::string changed_since(const StageOutput& recorded, const std::string& found,
                          const fs::path& file);
/// The sentence on all such files of a stage, of which each is named with that clause.
std::string changed_text(const std::vector<std::string>& changed, std::size_t of);

/// What a stage counted in a clip beyond its outputs, by name; empty for most stages.
using StageCounts = std::map<std::string, std::size_t>;

/// One clip a stage finished.
struct StageClip {
  Recording recording;
  std::string source;  ///< relative to the input folder
  FileStamp stamp;     ///< of the source, when it was read
  std::vector<StageOutput> outputs;
  StageCounts counts = {};
  bool operator==(const StageClip&) const = default;
};

/// A clip of a stage's input, and its source as the stage found it.
struct StageSource {
  std::string recording;  ///< its name
  FileStamp stamp;
};

/// A source that was left out, and why.
struct StageRemark {
  std::string source;
  std::string reason;
};

/// What identifies a stage's output: who made it and every setting that changes it.
struct StageDescription {
  std::string tool;         ///< "aver-compute-mfcc"
  std::string stage;        ///< "frames", "audio", "mfcc" or "features"
  nlohmann::json settings;  ///< flat object; worker counts, paths and times do not belong here
};

/// Who makes a stage: "aver-compute-mfcc" makes "mfcc".
struct StageMaker {
  std::string tool;
  std::string stage;
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
/// each finished clip, and at the end `manifest.csv`, `clips.csv` and `stage.json` (state
/// "complete"). One
/// writer per folder; not thread-safe. A killed run leaves a folder that the next run continues.
///
/// A shard writes its clips' outputs into the same folder and keeps these files below
/// `shards/2-of-8/` instead: any number of shards work side by side, on any machines that see the
/// folder, and no file is written by two of them. Joining makes the folder of one whole run.
class StageWriter {
 public:
  /// Opens or creates the folder. Throws Error when it holds something that is no such stage
  /// folder, a newer format, shards that are not joined (or for a shard those of another count),
  /// or (without `force`) output made with other settings. With `force` such output is redone:
  /// everything the old manifest lists is removed first, by a shard what is dealt to it.
  StageWriter(fs::path root, StageDescription description, bool force,
              const std::optional<Shard>& shard = std::nullopt);
  /// Joins the shards of a folder: holds what all of them did, and complete() writes what one run
  /// would have written and takes the shards' records away. Settings are the shards'. A folder that
  /// is joined already stays as it is. Throws Error that names shards that are missing or
  /// unfinished and what to run, and shards that do not belong together.
  StageWriter(fs::path root, const StageMaker& maker);
  ~StageWriter();
  StageWriter(const StageWriter&) = delete;
  StageWriter& operator=(const StageWriter&) = delete;

  const fs::path& root() const { return root_; }

  /// Tells a shard all clips of the input, sorted; from then on owns() knows its share. Their names
  /// and stamps are what all shards of a folder must have seen alike. Clips that fail before that,
  /// and whatever is no clip, are the first shard's. Without shards: nothing.
  void deal(const std::vector<StageSource>& clips);
  /// True for the clips this writer is to do: all of them, or those dealt to this shard.
  bool owns(const std::string& recording) const;
  bool is_shard() const { return shard_.has_value(); }

  /// True when this clip is done, from a source with this stamp, and all its outputs are there.
  bool is_current(const std::string& recording, const FileStamp& stamp) const;

  /// Its outputs that are not what was written any more. The content of a file is read when its
  /// time is later than that of the folder's records; before that its size tells.
  std::vector<std::string> changed_outputs(const std::string& recording) const;

  /// What is known of a clip; nullptr when it is not done.
  const StageClip* find(const std::string& recording) const;

  /// The clips that are done, by this run and by earlier ones.
  const std::map<std::string, StageClip>& clips() const { return clips_; }

  /// Marks the folder as unfinished ("running"). To be called before the first output is written,
  /// so that a kill never leaves a folder that looks complete; add() and fail() call it too.
  void begin();

  /// Records a finished clip; its outputs must be in place. Outputs of an earlier run that are not
  /// among the new ones are removed.
  void add(StageClip clip);
  /// Records a clip that could not be done and removes what an earlier run made of it.
  void fail(const std::string& recording, StageRemark remark);
  /// Records a file that is not a clip of this stage and could not be taken.
  void fail(StageRemark remark);
  void skip(StageRemark remark);

  /// Clips in the folder that `seen` (the recordings of this run's input) does not name; they are
  /// kept.
  std::vector<const StageClip*> without_source(std::vector<std::string> seen) const;

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
  void open_whole(bool force);
  void open_shard(bool force);
  void discard();
  void append(const std::string& line);
  void remove_outputs(const StageClip& clip, const StageClip* except);
  nlohmann::json header(const char* state) const;

  fs::path root_;
  StageDescription description_;
  std::optional<Shard> shard_;
  bool joins_ = false;
  fs::path records_;  ///< where stage.json, manifest and journal are: root_, but for shards
  std::map<std::string, StageClip> clips_;
  std::size_t made_ = 0;
  std::vector<StageRemark> skipped_;
  std::vector<StageRemark> failed_;
  std::optional<std::string> complete_json_;  ///< stage.json of a finished earlier run
  bool begun_ = false;
  std::int64_t recorded_at_ = 0;      ///< when the records that were there were last written
  std::vector<StageClip> discarded_;  ///< earlier output that is redone
  std::optional<nlohmann::json> discarded_settings_;
  std::vector<StageClip> lost_;                  ///< earlier output that the joined folder has not
  std::map<std::string, StageClip> from_whole_;  ///< what a shard took over from the joined folder
  std::set<std::string> own_;                    ///< dealt to this shard
  std::string input_;                            ///< fingerprint of all clips that were dealt
  bool forced_ = false;                          ///< a shard that was told to redo its output
  Descriptor journal_;
  FolderLock lock_;
};

/// A finished stage folder.
struct Stage {
  fs::path root;
  std::string stage;
  nlohmann::json settings;
  std::vector<StageClip> clips;  ///< sorted by the recordings' names, outputs in manifest order
};

/// Reads a stage folder. Throws Error that says what to run when the folder is missing, is another
/// stage's, is unfinished or not joined, or has a newer format.
Stage read_stage(const fs::path& root, const std::string& stage);

/// Which stage a folder holds, finished or not; "" when it is none. Throws Error for a damaged or
/// newer one.
std::string stage_of(const fs::path& root);

/// Throws Error that says what to run when a folder holds shards that are not joined.
void refuse_unjoined(const fs::path& root);

}  // namespace aver
