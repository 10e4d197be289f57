#include "training/clip_training.h"

#include <spdlog/spdlog.h>

#include <map>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/options.h"
#include "base/text.h"
#include "corpus/emotions.h"
#include "protocol/split_file.h"
#include "series/side_by_side.h"
#include "train/degraded_copies.h"
#include "training/training_setup.h"

namespace aver {
namespace {

/// Throws Error that names all clips that cannot be used.
void require_all_read(const MfccClips& clips) {
  if (clips.failed.empty()) return;
  std::vector<std::string> reasons;
  for (const auto& failed : clips.failed) reasons.push_back(failed.reason);
  throw Error(
      "{} cannot be used, so nothing was trained (--keep-going leaves out what cannot be read): {}",
      counted(clips.failed.size(), "clips"), fmt::join(reasons, "; "));
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

std::vector<std::string> keys_of(const MfccClips& clips) {
  std::vector<std::string> keys;
  for (const MfccClip& clip : clips.clips) keys.push_back(clip.clip.key);
  return keys;
}

std::map<std::string, std::vector<std::size_t>> clips_by_speaker(
    const std::vector<std::string>& speakers, std::span<const std::size_t> train) {
  std::map<std::string, std::vector<std::size_t>> own;
  for (const std::size_t item : train) own[speakers[item]].push_back(item);
  if (own.size() < 2) {
    throw Error("--centre speaker needs two speakers or more, and the training part names {}",
                own.begin()->first.empty() ? "none" : "one, " + own.begin()->first);
  }
  return own;
}

/// The clips that train, each moved from its speaker's mean to that of all of them; the others as
/// they are, for of new people nothing is known.
std::vector<FloatArray> centred(const MfccClips& clips,
                                const std::map<std::string, std::vector<std::size_t>>& own,
                                std::span<const std::size_t> train) {
  const ClipFeatures features = clips.features();
  const auto all = mean_over(features, train);
  std::vector<FloatArray> moved;
  for (const FloatArray* clip : features) moved.push_back(*clip);
  for (const auto& [speaker, items] : own) {
    const auto mean = mean_over(features, items);
    for (const std::size_t item : items) move_mean(moved[item], mean, all);
  }
  return moved;
}

void require_levels(const nlohmann::json& settings) {
  const auto features = settings.value("features", std::string("mfcc"));
  if (features == "log-mel" && settings.value("deltas", 0) == 0) return;
  throw UsageError(
      "a speaker encoder hears levels of mel bands alone, and this input is of {}: give it a stage "
      "of aver-compute-features --features log-mel, as docs/recognition.md has it",
      features == "log-mel" ? "those and their deltas" : features);
}

/// Loudness and noise are those of sounds, which features other than levels do not show.
void warn_of_changes(const SeriesChanges& changes, const nlohmann::json& settings) {
  if (changes.gain_db == 0 && changes.noise_snr_db == 0 && changes.band_warp == 0) return;
  const auto found = settings.find("features");
  const std::string features =
      found == settings.end() || !found->is_string() ? "other features" : found->get<std::string>();
  if (features == "log-mel") return;
  spdlog::warn(
      "--gain, --noise-snr and --band-warp are meant for levels of mel bands "
      "(aver-compute-features "
      "--features log-mel), and this input is of {}: there they change numbers in ways no sound "
      "does",
      features);
}

}  // namespace

void ClipTrainingConfig::describe_training(Options& options) {
  training.describe(options);
  options.heading("Input and output");
  options.result("test-share", test_share, "Share of the clips that test, without --split")
      .between(0, 1);
  options.control("keep-going", keep_going,
                  "Leave clips out that cannot be read, and say which, instead of ending");
  options.heading("Network");
  options.result("max-frames", number_or(max_frames, "auto"),
                 "Time steps clips are padded or cut to: auto (the longest clip) or a number");
  options.heading("Training");
  options.result("normalize", normalize, "Standardise each coefficient over the training part")
      .has_opposite();
  options
      .result("centre", centre,
              "none, or speaker: what a training speaker's clips have in common is taken out, as "
              "--enrol does for new people")
      .one_of({"none", "speaker"})
      .unsaid_at("none");
  options
      .result("plateau-patience", plateau_patience,
              "Epochs without a better validation loss before the rate is cut (0 = never)")
      .at_least(0);
  options.result("plateau-factor", plateau_factor, "What a cut multiplies the rate with")
      .between(0, 1);
  changes.describe(options);
  network.describe(options);
  options.check([this](std::vector<std::string>& problems) {
    if (training.lacks_split()) problems.emplace_back("--folds needs --split");
    if (max_frames < 0) problems.emplace_back("--max-frames must be auto or a number above 0");
    if (normalize && network.as<SeriesNetworkOptions>().reads_levels()) {
      problems.push_back(
          fmt::format("--architecture {} reads levels as they are: give --no-normalize",
                      network.architecture().name));
    }
    if (centre != "none" && !normalize) {
      problems.emplace_back("--centre needs the training part's mean: not with --no-normalize");
    }
  });
}

NetworkChoice fitted_network(const ClipTrainingConfig& config, const MfccClips& clips) {
  NetworkChoice network = config.network;
  network.set_classes(in_class_order(clips.labels()).size());
  auto& sizes = network.as<SeriesNetworkOptions>();
  sizes.coefficients = static_cast<int>(clips.clips.front().array.shape[0]);
  sizes.series = features_of_parts(clips.settings);
  sizes.max_frames = config.max_frames > 0 ? config.max_frames : static_cast<int>(clips.longest());
  network.validate();
  return network;
}

TrainingItems ClipTrainingInput::read(Progress& progress) {
  const TrainingConfig& training = config_.training;
  clips_ = read_clips(progress);
  if (!config_.keep_going) require_all_read(clips_);
  if (clips_.clips.empty()) throw Error("none of the clips can be used");
  take_copies(read_copies(progress));
  network_ = fitted_network(config_, clips_);
  if (network_.as<SeriesNetworkOptions>().reads_levels()) require_levels(clips_.settings);
  warn_of_changes(config_.changes, clips_.settings);
  TrainingItems items{{}, {}, "clips"};
  for (const MfccClip& clip : clips_.clips) items.clips.add(clip.clip);
  items.items = split_items_of(clips_, items.clips);
  items.left_out = clips_.left_out;
  for (const auto& failed : clips_.failed) {
    items.remarks.push_back(fmt::format("left out: {}", failed.reason));
  }
  items.remarks = clips_.remarks;
  items.split = training.split.empty()
                    ? split_paper(items.items, config_.test_share, false, training.seed)
                    : read_split(training.split, items.clips);
  speakers_.clear();
  for (const SplitItem& item : items.items) speakers_.push_back(item.group);
  return items;
}

void ClipTrainingInput::take_copies(std::vector<MfccClips> read) {
  copies_.clear();
  contents_.clear();
  of_clips_ = {};
  if (read.empty()) return;
  of_clips_ = ItemCopies(keys_of(clips_), "clip");
  for (MfccClips& folder : read) {
    if (!config_.keep_going) require_all_read(folder);
    for (const std::size_t copy : of_clips_.take(keys_of(folder))) {
      copies_.push_back(std::move(folder.clips[copy].array));
    }
  }
  for (std::size_t i = 0; i < clips_.clips.size(); ++i) {
    auto& content = contents_.emplace_back(clips_.clips[i].array.values);
    for (const std::size_t copy : of_clips_.of(i)) {
      content.insert(content.end(), copies_[copy].values.begin(), copies_[copy].values.end());
    }
  }
}

Roles ClipTrainingInput::roles(const Split& split) const {
  const auto by_item = roles_by_item(split);
  Roles roles;
  for (const MfccClip& clip : clips_.clips) roles.push_back(role_of(by_item, clip.clip.key));
  return roles;
}

std::span<const std::byte> ClipTrainingInput::content(std::size_t item) const {
  if (!contents_.empty()) return std::as_bytes(std::span(contents_[item]));
  return std::as_bytes(std::span(clips_.clips[item].array.values));
}

TrainingData ClipTrainingInput::data(std::vector<std::int64_t> labels,
                                     std::span<const std::size_t> train) const {
  ClipFeatures clips = clips_.features();
  std::vector<FloatArray> moved;
  std::vector<float> prior_clips;
  if (config_.centre == "speaker") {
    const auto own = clips_by_speaker(speakers_, train);
    std::vector<std::vector<std::size_t>> each;
    for (const auto& [speaker, items] : own) each.push_back(items);
    prior_clips = clips_worth_of_prior(clips, each);
    moved = centred(clips_, own, train);
    for (std::size_t i = 0; i < moved.size(); ++i) clips[i] = &moved[i];
  }
  auto normalisation = config_.normalize ? fit_normalisation(clips, train) : Normalisation{};
  normalisation.prior_clips = std::move(prior_clips);
  SeriesChanges changes = config_.changes;
  changes.mirrored = clips_.mirrored;
  changes.blank = network_.as<SeriesNetworkOptions>().nothing();
  const auto frames = static_cast<std::size_t>(network_.as<SeriesNetworkOptions>().max_frames);
  if (copies_.empty()) {
    auto dataset = std::make_unique<MfccDataset>(clips, std::move(labels), normalisation, frames,
                                                 std::move(changes));
    return {std::move(dataset), std::move(normalisation)};
  }
  const auto behind = of_clips_.behind(train, labels);
  for (const std::size_t copy : behind.copies) clips.push_back(&copies_[copy]);
  auto all = std::make_unique<MfccDataset>(clips, std::move(labels), normalisation, frames,
                                           std::move(changes));
  auto dataset = std::make_unique<DegradedCopies>(std::move(all), behind.places);
  return {std::move(dataset), std::move(normalisation)};
}

nlohmann::json ClipTrainingInput::model_input() const {
  return clips_.settings;
}

std::optional<PlateauOptions> ClipTrainingInput::plateau() const {
  if (config_.plateau_patience == 0) return std::nullopt;
  return PlateauOptions{config_.plateau_patience, config_.plateau_factor};
}

}  // namespace aver
