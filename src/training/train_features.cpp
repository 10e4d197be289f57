#include "training/train_features.h"

#include "base/error.h"
#include "base/options.h"
#include "nn/network.h"
#include "series/series_stage.h"
#include "series/side_by_side.h"
#include "training/model_trainer.h"

namespace aver {
namespace {

MfccClips clips_of(const TrainFeaturesConfig& config, Progress& progress) {
  SeriesOptions series = config.series;
  if (series.summary == "auto" && config.network.architecture().name == "linear") {
    series.summary = "mean-deviation";
  }
  auto clips =
      read_series({config.input, Corpus(config.corpus)}, config.training.choice, series, progress);
  if (config.network.architecture().name == "joint" &&
      settings_of_parts(clips.settings).size() < 2) {
    throw UsageError(
        "--architecture {} reads several series, and {} is one: give --input a .toml that names "
        "them, [[series]] with name and input for each",
        config.network.architecture().name, config.input.string());
  }
  if (!series.columns.empty() && settings_of_parts(clips.settings).empty() &&
      clips.settings.at("columns").empty()) {
    throw UsageError(
        "--columns chooses among the columns of tables, and what {} holds has no names",
        config.input.string());
  }
  return clips;
}

class SeriesInput final : public ClipTrainingInput {
 public:
  explicit SeriesInput(const TrainFeaturesConfig& config)
      : ClipTrainingInput(config), config_(config) {}

  std::string kind() const override { return "features"; }
  std::string title() const override { return "Features"; }
  Options options(const TrainingConfig& run) const override {
    TrainFeaturesConfig told = config_;
    told.training = run;
    return Options::of(std::move(told));
  }

 private:
  MfccClips read_clips(Progress& progress) override { return clips_of(config_, progress); }

  const TrainFeaturesConfig& config_;
};

}  // namespace

void TrainFeaturesConfig::describe(Options& options) {
  options.heading("Input and output");
  options
      .place("input", input,
             "Folder with a .npy ([frames, features]) or .csv (a row for each frame, as OpenFace "
             "writes it) of each clip, a table with a row for each clip, or a stage folder of "
             "features; or a .toml that names several of these, to be read side by side")
      .required([this] { return training.join; });
  describe_corpus(options, corpus);
  series.describe(options);
  describe_training(options);
  changes.describe_mirror(options);
  options.check([this](std::vector<std::string>& problems) {
    if (changes.mirror && series.align != "eyes" && !lists_series(input)) {
      problems.emplace_back("--mirror needs --align eyes: of other features no mirror is known");
    }
  });
}

void TrainFeaturesConfig::validate() const {
  Options::of(*this).require_valid();
}

TrainingReport run_train_features(const TrainFeaturesConfig& config, Progress& progress) {
  config.validate();
  SeriesInput input(config);
  ModelTrainer trainer(input);
  return run_training(config.training, trainer, progress);
}

std::string describe_features(const TrainFeaturesConfig& config) {
  if (config.input.empty()) throw UsageError("--describe needs --input, which has the features");
  NoProgress none;
  const auto choice = fitted_network(config, clips_of(config, none));
  return described_network(choice, config.training);
}

}  // namespace aver
