#include "training/train_audio.h"

#include <map>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/text.h"
#include "corpus/emotions.h"
#include "nn/network.h"
#include "protocol/split_file.h"
#include "stages/mfcc_stage.h"
#include "training/model_trainer.h"
#include "training/training_setup.h"

namespace aver {
namespace {

void require_all_read(const MfccClips& clips) {
  if (clips.failed.empty()) return;
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < std::min<std::size_t>(clips.failed.size(), 3); ++i) {
    reasons.push_back(clips.failed[i].reason);
  }
  throw Error("{} cannot be used, so nothing was trained: {}{}",
              counted(clips.failed.size(), "clips"), fmt::join(reasons, "; "),
              clips.failed.size() > reasons.size() ? "; …" : "");
}

// Equal for clips with equal MFCCs; "" for silence, whose columns are all alike.
std::string sound_of(const FloatArray& mfcc) {
  if (is_still<float>(mfcc.values, static_cast<std::size_t>(mfcc.shape[0]))) return "";
  Fingerprint sound;
  sound.add(std::as_bytes(std::span(mfcc.values)));
  return sound.text();
}

std::vector<SplitItem> split_items_of(const MfccClips& clips, const ClipTable& known) {
  std::vector<SplitItem> items;
  for (const auto& [clip, array] : clips.clips) {
    items.push_back({clip.key, clip.label, known.speaker(clip), sound_of(array)});
  }
  return items;
}

NetworkChoice fitted_network(const TrainAudioConfig& config, const MfccClips& clips,
                             std::size_t classes) {
  NetworkChoice network = config.network;
  network.set_classes(classes);
  auto& sizes = network.as<SeriesNetworkOptions>();
  sizes.coefficients = static_cast<int>(clips.clips.front().array.shape[0]);
  sizes.max_frames = config.max_frames > 0 ? config.max_frames : static_cast<int>(clips.longest());
  network.validate();
  return network;
}

/// The MFCCs of a stage folder, and the network that looks at them.
class MfccInput final : public TrainingInput {
 public:
  explicit MfccInput(const TrainAudioConfig& config) : config_(config), network_(config.network) {}

  std::string kind() const override { return "audio"; }
  std::string title() const override { return "Audio"; }
  Options options(const TrainingConfig& run) const override {
    TrainAudioConfig told = config_;
    told.training = run;
    return Options::of(std::move(told));
  }

  TrainingItems read(Progress& progress) override {
    const TrainingConfig& training = config_.training;
    clips_ = read_mfcc_stages(config_.input, training.choice, training.workers, progress);
    require_all_read(clips_);
    network_ = fitted_network(config_, clips_, in_class_order(clips_.labels()).size());
    TrainingItems items{{}, {}, "clips"};
    for (const MfccClip& clip : clips_.clips) items.clips.add(clip.clip);
    items.items = split_items_of(clips_, items.clips);
    items.left_out = clips_.left_out;
    items.split = training.split.empty()
                      ? split_paper(items.items, config_.test_share, false, training.seed)
                      : read_split(training.split, items.clips);
    return items;
  }

  Roles roles(const Split& split) const override {
    const auto by_item = roles_by_item(split);
    Roles roles;
    for (const MfccClip& clip : clips_.clips) roles.push_back(role_of(by_item, clip.clip.key));
    return roles;
  }

  std::span<const std::byte> content(std::size_t item) const override {
    return std::as_bytes(std::span(clips_.clips[item].array.values));
  }

  TrainingData data(std::vector<std::int64_t> labels,
                    std::span<const std::size_t> train) const override {
    const ClipFeatures clips = clips_.features();
    auto normalisation = config_.normalize ? fit_normalisation(clips, train) : Normalisation{};
    const auto frames = static_cast<std::size_t>(network_.as<SeriesNetworkOptions>().max_frames);
    auto dataset = std::make_unique<MfccDataset>(clips, std::move(labels), normalisation, frames);
    return {std::move(dataset), std::move(normalisation)};
  }

  nlohmann::json model_input() const override { return clips_.settings; }
  const NetworkChoice& network() const override { return network_; }
  std::optional<PlateauOptions> plateau() const override {
    if (config_.plateau_patience == 0) return std::nullopt;
    return PlateauOptions{config_.plateau_patience, config_.plateau_factor};
  }
  bool knows_sounds() const override { return true; }

 private:
  const TrainAudioConfig& config_;
  MfccClips clips_;
  NetworkChoice network_;
};

}  // namespace

void TrainAudioConfig::describe(Options& options) {
  options.heading("Input and output");
  options
      .place("input", one_or_several(input),
             "Stage folder of aver-compute-mfcc or aver-compute-features; several are read as one")
      .required([this] { return training.join; });
  training.describe(options);
  options.heading("Input and output");
  options.result("test-share", test_share, "Share of the clips that test, without --split")
      .between(0, 1);
  options.heading("Network");
  options.result("max-frames", number_or(max_frames, "auto"),
                 "Time steps clips are padded or cut to: auto (the longest clip) or a number");
  options.heading("Training");
  options.result("normalize", normalize, "Standardise each coefficient over the training part")
      .has_opposite();
  options
      .result("plateau-patience", plateau_patience,
              "Epochs without a better validation loss before the rate is cut (0 = never)")
      .at_least(0);
  options.result("plateau-factor", plateau_factor, "What a cut multiplies the rate with")
      .between(0, 1);
  network.describe(options);
  options.check([this](std::vector<std::string>& problems) {
    if (training.lacks_split()) problems.emplace_back("--folds needs --split");
    if (max_frames < 0) problems.emplace_back("--max-frames must be auto or a number above 0");
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
    const auto clips =
        read_mfcc_stages(config.input, config.training.choice, config.training.workers, none);
    choice = fitted_network(config, clips, in_class_order(clips.labels()).size());
  }
  const auto network = choice.make(0);
  return format_layers(std::string(choice.architecture().title), describe(*network));
}

}  // namespace aver
