#pragma once

#include <string>

#include "base/progress.h"
#include "nn/architectures.h"
#include "training/training.h"

namespace aver {

class Options;

/// `aver-train-audio`: a network, the paper's CNN + LSTM unless told, on the MFCCs of a stage
/// folder.
struct TrainAudioConfig {
  TrainingConfig training;      ///< 50 epochs, batch 32, rate 1e-3
  std::vector<fs::path> input;  ///< stage folders of MFCCs or other features, mostly one
  int max_frames = 0;           ///< time steps every clip is padded or cut to; 0 = the longest clip
  bool normalize = true;        ///< standardise each coefficient over the training part
  int plateau_patience = 3;     ///< epochs without better before the rate is cut; 0 = never
  double plateau_factor = 0.5;  ///< what a cut multiplies the rate with
  double test_share = 0.15;     ///< protocol paper
  NetworkChoice network{"audio"};  ///< classes and sizes come from the input

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
