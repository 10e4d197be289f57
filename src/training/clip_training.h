#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nn/architectures.h"
#include "stages/mfcc_stage.h"
#include "train/series_changes.h"
#include "training/item_copies.h"
#include "training/training.h"
#include "training/training_input.h"

namespace aver {

class Options;

/// What the trainers of networks that read a clip's time steps are told.
struct ClipTrainingConfig {
  TrainingConfig training;      ///< 50 epochs, batch 32, rate 1e-3
  int max_frames = 0;           ///< time steps every clip is padded or cut to; 0 = the longest clip
  bool normalize = true;        ///< standardise each coefficient over the training part
  std::string centre = "none";  ///< "speaker": training clips, each on its speaker's own mean
  int plateau_patience = 3;     ///< epochs without better before the rate is cut; 0 = never
  double plateau_factor = 0.5;  ///< what a cut multiplies the rate with
  SeriesChanges changes;        ///< to the clips that train
  double test_share = 0.15;     ///< protocol paper
  bool keep_going = false;      ///< clips that cannot be read are left out and said
  NetworkChoice network;        ///< classes and sizes come from the input

  explicit ClipTrainingConfig(std::string_view modality) : network(modality) {}

 protected:
  /// All but the input.
  void describe_training(Options& options);
};

/// The network for these clips: as many classes, coefficients and time steps as they have.
NetworkChoice fitted_network(const ClipTrainingConfig& config, const MfccClips& clips);

/// Clips in memory, each a matrix of coefficients over time, and the network that reads them.
class ClipTrainingInput : public TrainingInput {
 public:
  explicit ClipTrainingInput(const ClipTrainingConfig& config)
      : config_(config), network_(config.network) {}

  TrainingItems read(Progress& progress) final;
  Roles roles(const Split& split) const final;
  std::span<const std::byte> content(std::size_t item) const final;
  TrainingData data(std::vector<std::int64_t> labels,
                    std::span<const std::size_t> train) const final;
  nlohmann::json model_input() const final;
  const NetworkChoice& network() const final { return network_; }
  std::optional<PlateauOptions> plateau() const final;
  bool knows_sounds() const final { return true; }

 protected:
  virtual MfccClips read_clips(Progress& progress) = 0;
  /// Copies of the same clips under other conditions, a list for each folder of them.
  virtual std::vector<MfccClips> read_copies(Progress&) { return {}; }

 private:
  const ClipTrainingConfig& config_;
  void take_copies(std::vector<MfccClips> read);

  MfccClips clips_;
  ItemCopies of_clips_;
  std::vector<FloatArray> copies_;            ///< by their numbers
  std::vector<std::vector<float>> contents_;  ///< of each clip with its copies; empty without any
  std::vector<std::string> speakers_;         ///< of each clip
  NetworkChoice network_;
};

}  // namespace aver
