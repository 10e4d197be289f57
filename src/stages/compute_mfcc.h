#pragma once

#include "base/progress.h"
#include "features/mfcc.h"
#include "stages/stage_config.h"
#include "store/stage.h"

namespace aver {

class Options;

/// aver-compute-mfcc: MFCCs of each sound, as an array and as a picture, by actor and emotion.
/// Its input is a finished audio stage folder.
struct ComputeMfccConfig : StageConfig {
  MfccOptions mfcc;
  bool pictures = true;

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
