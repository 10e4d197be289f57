#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "media/media_source.h"
#include "stages/stage_config.h"
#include "store/stage.h"

namespace aver {

class Options;

/// aver-extract-audio: the sound of each clip as mono 16-bit WAV, by actor and emotion.
/// Its input is a dataset folder.
struct ExtractAudioConfig : StageConfig {
  /// "av": sound tracks of the audio-video clips. "audio-only": the dataset's own .wav (or .flac)
  /// files. "both": either; they are the same performances, so this must be asked for.
  std::string modality = "av";
  int sample_rate = 48000;         ///< of the output, in Hz
  std::string corpus = "ravdess";  ///< what the files are: a name, a .toml or a .csv
  Tracks tracks = {};              ///< of which the sound track is read
  MediaLimits limits = {};
  bool keep_first = false;  ///< of files that are there twice and are copies, take the first
  /// Each clip is changed by one of these, drawn for it: "NAME" or "NAME=LEVEL". None: as they are.
  std::vector<std::string> conditions = {};
  /// Each clip in so many versions: itself, and changed ones that are clips of their own. Published
  /// work makes them before it splits.
  int copies = 1;
  fs::path noise = {};      ///< folder of noises, for the condition of that name
  std::uint64_t seed = 42;  ///< of what is drawn for conditions and copies

  void describe(Options& options);
  /// Throws UsageError that lists everything that is wrong.
  void validate() const;
};

/// Sound at `Actor_01/happy/<name>.wav`: the mean of the channels, brought to the sample rate with
/// libsoxr HQ, rounded to 16 bits without dither. 16-bit mono at that rate comes out exact. With
/// `conditions` each clip is then changed by one of them, drawn by (seed, clip); with `copies`
/// each is there as itself and as versions of it, whose names and columns are those of
/// version_name.h, with what was changed in the column "change". A clip without sound fails with
/// "no sound track". Throws Error when there is no clip to take, or an output cannot be written.
StageSummary run_extract_audio(const ExtractAudioConfig& config, Progress& progress);

}  // namespace aver
