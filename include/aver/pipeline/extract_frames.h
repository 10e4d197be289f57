#pragma once

#include <optional>
#include <string>

#include "aver/base/progress.h"
#include "aver/pipeline/frame_settings.h"
#include "aver/ravdess/catalog.h"
#include "aver/store/stage.h"

namespace aver {

/// aver-extract-frames: every N-th frame of each clip as a JPEG, by actor and by emotion.
struct ExtractFramesConfig : FrameSettings {
  fs::path input;   ///< dataset folder
  fs::path output;  ///< stage folder; with contact_sheet the PNG to write
  ChannelFilter channel = ChannelFilter::speech;
  bool decode_all = false;     ///< decode the frames between too: the same output, slower
  bool force = false;          ///< redo output that was made with other settings
  std::optional<Shard> shard;  ///< do only this share of the clips, beside others
  bool join = false;           ///< join the shards of `output` instead; needs nothing else
  std::size_t workers = 0;     ///< clips at a time; 0 = inline
  std::string contact_sheet;  ///< a clip's name: draw its frames on one sheet instead of extracting

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

struct ContactSheetReport {
  fs::path sheet;
  std::size_t frames = 0;           ///< on the sheet
  std::int64_t decoded_frames = 0;  ///< in the clip, decoded or passed over
  StageCounts counts;               ///< as in the stage's summary; empty without a face to crop to
};

/// Draws the frames run_extract_frames would keep of one clip, with index and time, on one PNG (the
/// paper's figure 3). The clip is found below `input` by file name, with or without extension, or
/// by its six-field key; files that are not named as RAVDESS names them are fine here.
ContactSheetReport run_contact_sheet(const ExtractFramesConfig& config);

/// What the counts say, as a line for a person; "" when there are none.
std::string faces_text(const StageCounts& counts);

}  // namespace aver
