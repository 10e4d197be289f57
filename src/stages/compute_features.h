#pragma once

#include "base/progress.h"
#include "features/extractors.h"
#include "stages/stage_config.h"
#include "store/stage.h"

namespace aver {

class Options;

/// aver-compute-features: an extractor's features of each sound, by actor and emotion.
/// Its input is a finished audio stage folder.
struct ComputeFeaturesConfig : StageConfig {
  FeatureChoice features;
  bool pictures = false;

  void describe(Options& options);
  /// Throws UsageError that lists everything that is wrong.
  void validate() const;
};

/// Writes `Actor_01/happy/<name>.npy` (float32 [rows, frames], C order) and, when asked for, beside
/// it the picture `<name>.png`. Sounds at another rate are
/// resampled with libsoxr HQ first. A sound that cannot be read fails with its reason. Throws Error
/// when the input is no finished audio stage or has no clip that is chosen, and when an output
/// cannot be written.
StageSummary run_compute_features(const ComputeFeaturesConfig& config, Progress& progress);

/// What a program that computes features writes of it.
struct FeatureStage {
  StageMaker maker;
  nlohmann::json settings;  ///< of the features; the rate of the sounds is added
  bool pictures = false;    ///< beside each array
  std::string what;         ///< for the progress bar: "computing MFCCs"
};

/// The same as such a stage. The config is valid.
StageSummary run_feature_stage(const ComputeFeaturesConfig& config, FeatureStage stage,
                               Progress& progress);

}  // namespace aver
