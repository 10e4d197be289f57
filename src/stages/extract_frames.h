#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "stages/frame_settings.h"
#include "stages/stage_config.h"
#include "store/stage.h"

namespace aver {

/// aver-extract-frames: every N-th frame of each clip as a JPEG, by actor and by emotion.
/// Its input is a dataset folder; with contact_sheet the output is the PNG to write.
struct ExtractFramesConfig : FrameSettings, StageConfig {
  std::string corpus = "ravdess";  ///< what the files are: a name, a .toml or a .csv
  MediaLimits limits = {};
  bool keep_first = false;  ///< of files that are there twice and are copies, take the first
  bool decode_all = false;  ///< decode the frames between too: the same output, slower
  /// Degraded copies: what each clip may be changed by, NAME or NAME=LEVEL; empty = nothing.
  std::vector<std::string> conditions = {};
  std::uint64_t seed = 42;    ///< of what is drawn for conditions
  std::string contact_sheet;  ///< a clip's name: draw its frames on one sheet instead of extracting

  void describe(Options& options);
  /// Throws UsageError that lists everything that is wrong.
  void validate() const;
};

/// Frames at `by-actor/Actor_01/happy/<name>_frame_0005.jpg`, the manifest has one row for each;
/// the same names below `by-emotion/happy/` are hard links (copies where the file system has none)
/// that are restored when missing. Video-only and audio-only files are skipped. Throws Error when
/// there is no clip to take, or an output cannot be written. With `conditions` all frames of a clip
/// are changed by one of them, drawn by (seed, clip), before faces are looked for. With a face to
/// crop to, the summary's counts are face_found, face_previous, face_whole and face_skipped: frames
/// of all clips in the folder, whichever run made them.
StageSummary run_extract_frames(const ExtractFramesConfig& config, Progress& progress);

}  // namespace aver
