#include "training/train_visual.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/text.h"
#include "corpus/emotions.h"
#include "corpus/group_pattern.h"
#include "distributed/first_rank.h"
#include "nn/network.h"
#include "protocol/actor_folds.h"
#include "protocol/split_file.h"
#include "runs/outcome.h"
#include "stages/visual_items.h"
#include "store/stage.h"
#include "train/degraded_copies.h"
#include "train/picture_cache.h"
#include "training/item_copies.h"
#include "training/model_trainer.h"

namespace aver {
namespace {

VisualItems found_items(const TrainVisualConfig& config) {
  const ClipChoice& choice = config.training.choice;
  if (config.images.empty()) return frames_of_stages(config.input, choice);
  if (!config.corpus.empty()) return pictures_of_corpus(config.images, config.corpus, choice);
  return pictures_of_folders(config.images, config.group_pattern);
}

/// Leaves the pictures out that cannot be read, and says which.
void drop_unreadable(VisualItems& items, const TrainVisualConfig& config, Progress& progress) {
  const auto reasons =
      unreadable_pictures(items.files(), config.training.workers, progress, config.limits);
  for (const auto& [index, reason] : reasons) {
    items.remarks.push_back(fmt::format("left out: {}", reason));
  }
  std::size_t index = 0;
  std::erase_if(items.items, [&](const VisualItem&) { return reasons.contains(index++); });
}

/// Links that lead nowhere may have been classes: without --keep-going they end the run.
void take_dead_links(VisualItems& items, const TrainVisualConfig& config) {
  std::vector<std::string> links;
  for (const auto& [path, reason] : items.dead) {
    links.push_back(fmt::format("{}: {}", path.string(), reason));
    items.remarks.push_back("left out: " + links.back());
  }
  if (!links.empty() && !config.keep_going) {
    throw Error("{} (--keep-going leaves out what cannot be read)", fmt::join(links, "; "));
  }
}

VisualItems read_items(const TrainVisualConfig& config, Progress& progress) {
  VisualItems items = found_items(config);
  take_dead_links(items, config);
  if (config.keep_going) drop_unreadable(items, config, progress);
  if (items.items.empty()) throw Error("none of the pictures can be read");
  return items;
}

// Subjects are dealt into folds here, without a split file.
bool splits_by_group(const TrainVisualConfig& config, const VisualItems& items) {
  const bool known = !config.group_pattern.empty() || !config.corpus.empty();
  return known && config.training.split.empty() && config.group_folds > 0 &&
         std::ranges::none_of(items.items, [](const auto& item) { return item.group.empty(); });
}

Split make_split(const TrainVisualConfig& config, const VisualItems& items) {
  const TrainingConfig& training = config.training;
  if (!training.split.empty()) return read_split(training.split, items.known);
  if (splits_by_group(config, items)) return split_group(items.split_items(), config.group_folds);
  if (auto given = items.given_split()) return *given;
  return split_paper(items.split_items(), config.test_share, true, training.seed);
}

// What a picture must have gone through to be one the model knows.
nlohmann::json model_input_of(const VisualItems& items, int picture_size) {
  nlohmann::json input = {{"picture_size", picture_size},
                          {"colour", "BGR"},
                          {"scale", "0 to 1"},
                          {"resize", "linear, squeezed to a square"}};
  if (items.frames) input["frames"] = items.settings;
  return input;
}

/// The pictures of a stage folder or of class-named folders, and the network that looks at them.
class PictureInput final : public TrainingInput {
 public:
  explicit PictureInput(const TrainVisualConfig& config)
      : config_(config), network_(config.network) {}

  std::string kind() const override { return "visual"; }
  std::string title() const override { return "Visual"; }
  Options options(const TrainingConfig& run) const override {
    TrainVisualConfig told = config_;
    told.training = run;
    return Options::of(std::move(told));
  }

  TrainingItems read(Progress& progress) override {
    items_ = read_items(config_, progress);
    take_copies(progress);
    TrainingItems items{items_.split_items(), {}, items_.frames ? "frames" : "pictures"};
    network_ = config_.network;
    network_.set_classes(in_class_order(items.labels()).size());
    network_.validate();
    items.split = make_split(config_, items_);
    items.clips = items_.known;
    items.left_out = items_.left_out;
    items.remarks = items_.remarks;
    return items;
  }

  Roles roles(const Split& split) const override { return items_.roles(split); }
  FoldChoice fold_by_default() const override {
    return splits_by_group(config_, items_) ? FoldChoice::only(0) : FoldChoice();
  }

  // Decodes the pictures; the other processes of a group open what rank 0 made.
  void prepare(Progress& progress, const ProcessGroup& group) override {
    std::vector<std::string> changed;
    const auto open = [&](Progress& shown) {
      cache_ = PictureCache::open(
          config_.picture_cache.empty() ? config_.training.output / ".pictures.cache"
                                        : config_.picture_cache,
          files_, picture_size(), config_.training.workers, shown,
          {.limits = config_.limits, .recorded = recorded_, .changed = &changed});
    };
    if (!cache_) on_first_rank(group, progress, open);
    if (!cache_) open(progress);
    if (!changed.empty()) spdlog::warn(changed_text(changed, files_.size()));
    tell_contents();
  }

  std::span<const std::byte> content(std::size_t item) const override {
    if (!contents_.empty()) return std::as_bytes(std::span(contents_[item]));
    return std::as_bytes(cache_->picture(item));
  }

  TrainingData data(std::vector<std::int64_t> labels,
                    std::span<const std::size_t> train) const override {
    if (copies_.none()) return {pictures(std::move(labels), {}), {}};
    auto [copies, places] = copies_.behind(train, labels);
    auto all = pictures(std::move(labels), std::move(copies));
    return {std::make_unique<DegradedCopies>(std::move(all), std::move(places)), {}};
  }

  nlohmann::json model_input() const override { return model_input_of(items_, picture_size()); }
  const NetworkChoice& network() const override { return network_; }
  bool mirrors_answers() const override { return config_.mirror_answers; }

  // Frames of one clip resemble each other anyway.
  bool knows_pictures() const override { return !items_.frames; }

  std::optional<Predictions> of_clips(const Predictions& pictures) const override {
    if (!items_.frames) return std::nullopt;
    return mean_by_clip(pictures, items_.clips());
  }

 private:
  /// Finds the copies of each frame, and lists all files that are to be decoded.
  void take_copies(Progress& progress) {
    files_ = items_.files();
    recorded_ = items_.recorded();
    copies_ = {};
    if (config_.copies.empty()) return;
    copies_ = ItemCopies(items_.names(), "frame");
    for (const fs::path& folder : config_.copies) {
      VisualItems more =
          degraded_frames(folder, config_.input.front(), items_.settings, config_.training.choice);
      if (config_.keep_going) drop_unreadable(more, config_, progress);
      std::ranges::move(more.remarks, std::back_inserter(items_.remarks));
      for (const std::size_t copy : copies_.take(more.names())) {
        files_.push_back(more.items[copy].file);
        recorded_.push_back(more.items[copy].recorded);
      }
    }
  }

  std::span<const std::uint8_t> copy(std::size_t number) const {
    return cache_->picture(items_.items.size() + number);
  }

  /// Of each frame with its copies what tells whether they are others.
  void tell_contents() {
    contents_.clear();
    if (copies_.none()) return;
    for (std::size_t i = 0; i < items_.items.size(); ++i) {
      Fingerprint all;
      all.add(std::as_bytes(cache_->picture(i)));
      for (const std::size_t number : copies_.of(i)) all.add(std::as_bytes(copy(number)));
      contents_.push_back(all.text());
    }
  }

  /// The frames, and behind them these copies, whose labels are behind theirs.
  std::unique_ptr<Dataset> pictures(std::vector<std::int64_t> labels,
                                    std::vector<std::size_t> copies) const {
    return std::make_unique<PictureDataset>(
        [this, copies = std::move(copies)](std::size_t i) {
          const std::size_t own = items_.items.size();
          return i < own ? cache_->picture(i) : copy(copies[i - own]);
        },
        std::move(labels), static_cast<std::size_t>(picture_size()), config_.changes);
  }

  int picture_size() const { return network_.as<PictureNetworkOptions>().picture_size; }

  const TrainVisualConfig& config_;
  VisualItems items_;
  std::vector<fs::path> files_;        ///< of the items, and behind them of the copies
  std::vector<StageOutput> recorded_;  ///< of each file
  ItemCopies copies_;                  ///< of the items, decoded behind them
  std::vector<std::string> contents_;  ///< of each item with its copies
  NetworkChoice network_;
  std::optional<PictureCache> cache_;
};

}  // namespace

TrainVisualConfig::TrainVisualConfig() {
  training.epochs = 25;
  training.batch_size = 8;
  training.learning_rate = 1e-4;
}

void TrainVisualConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("input", one_or_several(input),
                "Stage folder of aver-extract-frames; several are read as one");
  options.place("copies", copies,
                "Stage folders of the same clips degraded (aver-extract-frames --conditions): in "
                "each epoch a training frame is itself or one of its copies, drawn; no other "
                "clip's are looked at");
  options.place("images", images, "Or: folder with one folder of pictures per class");
  training.describe(options);
  options.heading("Input and output");
  options.result("test-share", test_share, "Share of the pictures that test, without --split")
      .between(0, 1);
  options.place(
      "corpus", corpus,
      "With --images: what the pictures are, such as ck+48, folders, a description (.toml) "
      "or a table (.csv); see docs/corpora.md (unset = folders are the classes)");
  options.result(
      "group-pattern", group_pattern,
      "With --images: regular expression over file names whose first group is the subject, e.g. "
      "'^(S[0-9]+)_'; subjects are then kept apart");
  options.result(
      "group-folds", group_folds,
      "Folds the subjects are dealt into; --folds names those to train, 0 unless given (0 = "
      "pictures at random, subjects only for the leak check)");
  options.place(
      "picture-cache", picture_cache,
      "File for the decoded pictures, to share between runs (unset = hidden in --output)");
  options.control("keep-going", keep_going,
                  "Leave pictures out that cannot be read, and say which, instead of ending");
  limits.describe_pixels(options);
  changes.describe(options);
  options
      .result("mirror-answers", mirror_answers,
              "Answer with the mean of a picture and its mirror image, here and wherever the model "
              "is used")
      .unsaid_at(false);
  network.describe(options);
  options.check([this](std::vector<std::string>& problems) {
    if (input.empty() == images.empty() && !training.join) {
      problems.emplace_back("one of --input and --images is required");
    }
    // --folds counts the folds of subjects where there are some.
    if (group_pattern.empty() && corpus.empty() && training.lacks_split()) {
      problems.emplace_back("--folds needs --split");
    }
    if (!copies.empty() && input.empty()) problems.emplace_back("--copies needs --input");
    if (!group_pattern.empty() && images.empty()) {
      problems.emplace_back("--group-pattern needs --images");
    }
    if (!corpus.empty() && images.empty()) problems.emplace_back("--corpus needs --images");
    if (!corpus.empty() && !group_pattern.empty()) {
      problems.emplace_back("--corpus says who the subjects are: give no --group-pattern with it");
    }
    if (group_folds < 0 || group_folds == 1) {
      problems.push_back(
          fmt::format("--group-folds must be 0 (random split) or at least 2, not {}", group_folds));
    }
    try {
      if (!group_pattern.empty()) GroupPattern{group_pattern};
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
  });
}

void TrainVisualConfig::validate() const {
  Options::of(*this).require_valid();
}

TrainingReport run_train_visual(const TrainVisualConfig& config, Progress& progress) {
  config.validate();
  PictureInput input(config);
  ModelTrainer trainer(input);
  return run_training(config.training, trainer, progress);
}

std::string describe_visual(const TrainVisualConfig& config) {
  NetworkChoice choice = config.network;
  if (!config.input.empty() || !config.images.empty()) {
    std::vector<std::string> labels;
    for (const VisualItem& item : found_items(config).items) labels.push_back(item.label);
    choice.set_classes(in_class_order(labels).size());
  }
  return described_network(choice, config.training);
}

}  // namespace aver
