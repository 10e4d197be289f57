#pragma once

#include <string>

#include "base/progress.h"
#include "series/series_options.h"
#include "training/clip_training.h"

namespace aver {

/// `aver-train-features`: a network on series of features that other programs made, such as facial
/// landmarks, action units or physiology, or on one row of numbers for each clip.
struct TrainFeaturesConfig : ClipTrainingConfig {
  fs::path input;  ///< a folder with a .npy or .csv for each clip, or a table of clips
  std::string corpus = "ravdess";
  SeriesOptions series;

  TrainFeaturesConfig() : ClipTrainingConfig("features") {}
  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

/// Trains, scores and writes the run folder. Throws UsageError (options, device) or Error.
TrainingReport run_train_features(const TrainFeaturesConfig& config, Progress& progress);

/// Layers, shapes and parameters of the network for the input folder. Throws UsageError without
/// one: how many features there are comes from there.
std::string describe_features(const TrainFeaturesConfig& config);

}  // namespace aver
