#include "training/train_audio.h"

#include "nn/network.h"
#include "training/model_trainer.h"

namespace aver {
namespace {

/// The MFCCs of a stage folder.
class MfccInput final : public ClipTrainingInput {
 public:
  explicit MfccInput(const TrainAudioConfig& config) : ClipTrainingInput(config), config_(config) {}

  std::string kind() const override { return "audio"; }
  std::string title() const override { return "Audio"; }
  Options options(const TrainingConfig& run) const override {
    TrainAudioConfig told = config_;
    told.training = run;
    return Options::of(std::move(told));
  }

 private:
  MfccClips read_clips(Progress& progress) override {
    return read_mfcc_stages(config_.input, config_.training.choice, config_.training.workers,
                            progress);
  }

  std::vector<MfccClips> read_copies(Progress& progress) override {
    std::vector<MfccClips> copies;
    for (const fs::path& folder : config_.copies) {
      copies.push_back(read_mfcc_copies(folder, config_.input.front(), config_.training.choice,
                                        config_.training.workers, progress));
    }
    return copies;
  }

  const TrainAudioConfig& config_;
};

}  // namespace

void TrainAudioConfig::describe(Options& options) {
  options.heading("Input and output");
  options
      .place("input", one_or_several(input),
             "Stage folder of aver-compute-mfcc or aver-compute-features; several are read as one")
      .required([this] { return training.join; });
  options.place(
      "copies", copies,
      "Stage folders of the same clips degraded (aver-extract-audio --conditions): in each "
      "epoch a training clip is itself or one of its copies, drawn; no other clip's are "
      "looked at");
  describe_training(options);
  options.check([this](std::vector<std::string>& problems) {
    if (!copies.empty() && centre != "none") {
      problems.emplace_back("--copies goes with --centre none alone");
    }
  });
}

void TrainAudioConfig::validate() const {
  Options::of(*this).require_valid();
}

TrainingReport run_train_audio(const TrainAudioConfig& config, Progress& progress) {
  config.validate();
  MfccInput input(config);
  ModelTrainer trainer(input);
  return run_training(config.training, trainer, progress);
}

std::string describe_audio(const TrainAudioConfig& config) {
  NetworkChoice choice = config.network;
  if (config.max_frames > 0) choice.as<SeriesNetworkOptions>().max_frames = config.max_frames;
  if (!config.input.empty()) {
    NoProgress none;
    choice = fitted_network(config, read_mfcc_stages(config.input, config.training.choice,
                                                     config.training.workers, none));
  }
  return described_network(choice, config.training);
}

}  // namespace aver
