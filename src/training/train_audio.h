#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "training/clip_training.h"

namespace aver {

/// `aver-train-audio`: a network, the paper's CNN + LSTM unless told, on the MFCCs of a stage
/// folder.
struct TrainAudioConfig : ClipTrainingConfig {
  std::vector<fs::path> input;  ///< stage folders of MFCCs or other features, mostly one
  /// Stage folders of the same clips under other conditions: in each epoch a training clip is
  /// itself or one of its copies, drawn. No copy of another clip is ever looked at.
  std::vector<fs::path> copies;

  TrainAudioConfig() : ClipTrainingConfig("audio") {}
  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

/// Trains, scores and writes the run folder. Throws UsageError (options, device) or Error.
TrainingReport run_train_audio(const TrainAudioConfig& config, Progress& progress);

/// Layers, shapes and parameters of the network for these options (the paper's figure 6). With an
/// input folder its classes and sizes are used, else 8 classes and 228 time steps of 40
/// coefficients.
std::string describe_audio(const TrainAudioConfig& config);

}  // namespace aver
