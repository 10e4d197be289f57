#pragma once

#include <optional>
#include <string>

#include "base/progress.h"
#include "corpus/corpus.h"
#include "stages/frame_settings.h"
#include "store/stage.h"

namespace aver {

/// aver-extract-frames: every N-th frame of each clip as a JPEG, by actor and by emotion.
struct ExtractFramesConfig : FrameSettings {
  fs::path input;                  ///< dataset folder
  fs::path output;                 ///< stage folder; with contact_sheet the PNG to write
  std::string corpus = "ravdess";  ///< what the files are: a name, a .toml or a .csv
  ClipChoice choice;
  bool decode_all = false;     ///< decode the frames between too: the same output, slower
  bool force = false;          ///< redo output that was made with other settings
  std::optional<Shard> shard;  ///< do only this share of the clips, beside others
  bool join = false;           ///< join the shards of `output` instead; needs nothing else
  std::size_t workers = 0;     ///< clips at a time; 0 = inline
  bool keep_going = false;     ///< failed clips leave the exit status alone
  std::string contact_sheet;  ///< a clip's name: draw its frames on one sheet instead of extracting

  void describe(Options& options);
  /// Throws UsageError that lists everything that is wrong.
  void validate() const;
};

/// Frames at `by-actor/Actor_01/happy/<name>_frame_0005.jpg`, the manifest has one row for each;
/// the same names below `by-emotion/happy/` are hard links (copies where the file system has none)
/// that are restored when missing. Video-only and audio-only files are skipped. Throws Error when
/// there is no clip to take, or an output cannot be written. With a face to crop to, the summary's
/// counts are face_found, face_previous, face_whole and face_skipped: frames of all clips in the
/// folder, whichever run made them.
StageSummary run_extract_frames(const ExtractFramesConfig& config, Progress& progress);

}  // namespace aver
