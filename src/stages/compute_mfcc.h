#pragma once

#include <optional>

#include "base/progress.h"
#include "corpus/corpus.h"
#include "features/mfcc.h"
#include "store/stage.h"

namespace aver {

class Options;

/// aver-compute-mfcc: MFCCs of each sound, as an array and as a picture, by actor and emotion.
struct ComputeMfccConfig {
  fs::path input;   ///< finished audio stage folder
  fs::path output;  ///< stage folder
  MfccOptions mfcc;
  bool pictures = true;
  ClipChoice choice;
  bool force = false;          ///< redo output that was made with other settings
  std::optional<Shard> shard;  ///< do only this share of the clips, beside others
  bool join = false;           ///< join the shards of `output` instead; needs nothing else
  std::size_t workers = 0;     ///< clips at a time; 0 = inline
  bool keep_going = false;     ///< failed clips leave the exit status alone

  void describe(Options& options);
  /// Throws UsageError that lists everything that is wrong.
  void validate() const;
};

/// Writes `Actor_01/happy/<name>.npy` (float32 [coefficients, frames], C order) and beside it the
/// picture `<name>.png`. Sounds at another rate are resampled with libsoxr HQ first. A sound that
/// cannot be read fails with its reason. Throws Error when the input is no finished audio stage or
/// has no clip that is chosen, and when an output cannot be written.
StageSummary run_compute_mfcc(const ComputeMfccConfig& config, Progress& progress);

}  // namespace aver
