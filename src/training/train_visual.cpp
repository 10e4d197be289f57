#include "training/train_visual.h"

#include <numeric>
#include <optional>
#include <regex>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/interruption.h"
#include "base/parallel.h"
#include "base/random.h"
#include "distributed/first_rank.h"
#include "nn/visual_net.h"
#include "protocol/actor_folds.h"
#include "protocol/split_file.h"
#include "runs/outcome.h"
#include "stages/visual_items.h"
#include "train/network_options.h"
#include "train/picture_cache.h"
#include "training/fit.h"
#include "training/fold_trainer.h"
#include "training/training_setup.h"

namespace aver {
namespace {

constexpr const char* kTool = "aver-train-visual";

VisualItems read_items(const TrainVisualConfig& config) {
  return config.images.empty() ? frames_of_stage(config.input, config.training.channel)
                               : pictures_of_folders(config.images, config.group_pattern);
}

// Subjects are dealt into folds here, without a split file.
bool splits_by_group(const TrainVisualConfig& config) {
  return config.training.split.empty() && !config.group_pattern.empty() && config.group_folds > 0;
}

Split make_split(const TrainVisualConfig& config, const std::vector<SplitItem>& items) {
  const TrainingConfig& training = config.training;
  if (!training.split.empty()) return read_split(training.split);
  if (splits_by_group(config)) return split_group(items, config.group_folds);
  return split_paper(items, config.test_share, true, training.seed);
}

FoldRoles fold_of_run(const TrainVisualConfig& config, const VisualItems& items, const Split& split,
                      TrainingConfig run) {
  if (splits_by_group(config) && run.folds.numbers.empty()) run.folds = FoldChoice::only(0);
  FoldRoles fold;
  fold.split = choose_split(run, split, items.split_items());
  fold.roles = items.roles(fold.split.split);
  fold.parts = parts_of(fold.split.split, fold.roles, items.frames ? "frames" : "pictures");
  return fold;
}

Options options_of(TrainVisualConfig config, const TrainingConfig& run) {
  config.training = run;
  return Options::of(std::move(config));
}

// What a picture must have gone through to be one the model knows.
nlohmann::json model_input(const VisualItems& items, const VisualNetOptions& options) {
  nlohmann::json input = {{"picture_size", options.picture_size},
                          {"colour", "BGR"},
                          {"scale", "0 to 1"},
                          {"resize", "linear, squeezed to a square"}};
  if (items.frames) input["frames"] = items.settings;
  return input;
}

std::string fingerprint_of(const VisualItems& items, const std::vector<std::string>& roles,
                           const PictureCache& cache) {
  Fingerprint data;
  for (std::size_t i = 0; i < items.names.size(); ++i) {
    data.add(items.names[i]);
    data.add(roles[i]);
    data.add(std::as_bytes(cache.picture(i)));
  }
  return data.text();
}

Predictions predict_all(const VisualItems& items, const std::vector<std::string>& classes,
                        const std::vector<std::string>& roles, int fold, Network& network,
                        const Dataset& dataset, const Runtime& runtime, Progress& progress) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  progress.start("predicting", all.size());
  const auto distributions = predict(
      network, dataset, all, torch::Device(runtime.device),
      [&](std::size_t done) { progress.update(done); }, *runtime.group);
  progress.finish();
  Predictions predictions{classes, {}};
  for (const std::size_t i : all) {
    predictions.rows.push_back({items.names[i], fold, roles[i], items.labels[i], distributions[i]});
  }
  return predictions;
}

void add_scores(TrainingReport& report, const VisualItems& items, const Predictions& pictures,
                const Predictions& clips) {
  const std::string unit = items.frames ? "frames" : "pictures";
  const std::string prefix = items.frames ? "frames, " : "";
  for (const auto& [role, part] : {std::pair{"test", "test part"},
                                   {"validation", "validation part"},
                                   {"train", "training part"}}) {
    report.text += score_line(prefix + part, pictures, role, unit);
  }
  report.metrics[unit] = part_metrics(pictures);
  if (!items.frames) return;
  for (const auto& [role, part] : {std::pair{"test", "clips, test part"},
                                   {"validation", "clips, validation part"},
                                   {"train", "clips with frames in training"},
                                   {"", "clips, all"}}) {
    report.text += score_line(part, clips, role, "clips");
  }
  report.metrics["clips"] = part_metrics(clips);
}

TrainingReport report_of(const TrainingConfig& run, const VisualItems& items, const FoldRoles& fold,
                         const FitResult& fitted, const Predictions& pictures,
                         const Predictions& clips) {
  const RunSplit& split = fold.split;
  const bool chosen_on_test = run.select == "best" && fold.parts.validates_on_test;
  const Scores scores = score(confusion_of(pictures, "test"));
  TrainingReport report;
  report.epochs_done = static_cast<int>(fitted.history.size());
  report.test_accuracy = scores.accuracy;
  report.test_uar = scores.uar;
  report.metrics = {{"format", kRunMetricsFormat},
                    {"kind", "visual"},
                    {"protocol", split.protocol()},
                    {"fold", split.fold},
                    {"split", split.source},
                    {"classes", pictures.classes},
                    {"epoch", fitted.scored_epoch},
                    {"select", run.select},
                    {"chosen_on_test_part", chosen_on_test},
                    {"leaks", split.verdict.leaks()},
                    {"leak_check", split.verdict.sentence()}};
  report.text = fmt::format("Picture model, protocol {}, fold {}, weights of epoch {}:\n",
                            split.protocol(), split.fold, fitted.scored_epoch);
  add_scores(report, items, pictures, clips);
  if (chosen_on_test) report.text += "  The epoch was chosen on the test part.\n";
  report.text += split.verdict.sentence() + "\n";
  report.text += fmt::format("Everything is in {}\n", run.output.string());
  return report;
}

class VisualTrainer final : public FoldTrainer {
 public:
  explicit VisualTrainer(const TrainVisualConfig& config) : config_(config) {}

  std::string tool() const override { return kTool; }
  Options options(const TrainingConfig& run) const override { return options_of(config_, run); }
  void read(Progress&) override;
  const Split& split() const override { return split_; }
  void check(const TrainingConfig& run, Progress& progress) override;
  TrainingReport train(const TrainingConfig& run, const Runtime& runtime,
                       Progress& progress) override;

 private:
  // Decoded once for all folds; a long work that comes after all that is quickly checked. In a
  // group rank 0 does it, and the others open what it made.
  const PictureCache& pictures(Progress& progress, const ProcessGroup& group = {});

  const TrainVisualConfig& config_;
  VisualItems items_;
  std::vector<std::string> classes_;
  Split split_;
  VisualNetOptions options_;
  std::optional<PictureCache> cache_;
};

void VisualTrainer::read(Progress&) {
  items_ = read_items(config_);
  classes_ = in_class_order(items_.labels);
  split_ = make_split(config_, items_.split_items());
  options_ = config_.network;
  options_.classes = static_cast<int>(classes_.size());
  options_.validate();
}

const PictureCache& VisualTrainer::pictures(Progress& progress, const ProcessGroup& group) {
  const auto open = [&](Progress& shown) {
    cache_ = PictureCache::open(
        config_.picture_cache.empty() ? config_.training.output / ".pictures.cache"
                                      : config_.picture_cache,
        items_.files, options_.picture_size, config_.training.workers, shown);
  };
  if (!cache_) on_first_rank(group, progress, open);
  if (!cache_) open(progress);
  return *cache_;
}

void VisualTrainer::check(const TrainingConfig& run, Progress& progress) {
  const FoldRoles fold = fold_of_run(config_, items_, split_, run);
  const PictureCache& cache = pictures(progress);
  if (!run.resume) return;
  check_resume(run, identity_of(options(run), fingerprint_of(items_, fold.roles, cache)));
}

TrainingReport VisualTrainer::train(const TrainingConfig& run, const Runtime& runtime,
                                    Progress& progress) {
  const FoldRoles fold = fold_of_run(config_, items_, split_, run);
  const PictureCache& cache = pictures(progress, *runtime.group);
  const Options told = options(run);
  const PictureDataset dataset([&](std::size_t i) { return cache.picture(i); },
                               indices_of(items_.labels, classes_),
                               static_cast<std::size_t>(options_.picture_size));
  const TrainOptions train_options{run.batch_size, run.learning_rate, run.seed, {}};
  const ModelFile model{"visual",
                        classes_,
                        model_input(items_, options_),
                        to_json(options_),
                        training_record(run, fold.split.split, fold.split.fold),
                        {},
                        {}};
  FitRequest request{run,
                     make_visual_net(options_, derive_seed(run.seed, {0})),
                     dataset,
                     {fold.parts.train, fold.parts.validation},
                     train_options,
                     model,
                     identity_of(told, fingerprint_of(items_, fold.roles, cache)),
                     torch::Device(runtime.device),
                     runtime.group};
  FolderLock lock = lock_run(run, runtime);  // before what is there is read
  const auto trainer = start_trainer(request);
  RunLog log = start_run(run, {kTool, told.settings()}, fold.split.split, runtime, lock);
  const FitResult fitted = fit(request, *trainer, log, progress);
  if (fitted.interrupted) return interrupted_report(run, fitted.history.size());

  Predictions pictures;
  try {
    pictures = predict_all(items_, classes_, fold.roles, fold.split.fold, *request.network, dataset,
                           runtime, progress);
  } catch (const Interrupted&) {
    return interrupted_report(run, fitted.history.size());
  }
  if (!runtime.group->first()) return report_elsewhere(fitted.history.size());
  const auto clips = items_.frames ? mean_by_clip(pictures, items_.clips) : pictures;
  write_predictions(run.output / "predictions.csv", clips);
  if (items_.frames) write_predictions(run.output / "frame_predictions.csv", pictures);
  write_training_figures(run.output, fitted.history,
                         splits_frames(fold.split.split) ? pictures : clips, "test",
                         fmt::format("Picture, protocol {}", fold.split.protocol()), log);
  auto report = report_of(run, items_, fold, fitted, pictures, clips);
  finish_run(run.output, report, log);
  return report;
}

}  // namespace

TrainVisualConfig::TrainVisualConfig() {
  training.epochs = 25;
  training.batch_size = 8;
  training.learning_rate = 1e-4;
}

void TrainVisualConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("input", input, "Stage folder of aver-extract-frames");
  options.place("images", images, "Or: folder with one folder of pictures per class");
  training.describe(options);
  options.heading("Input and output");
  options.result("test-share", test_share, "Share of the pictures that test, without --split")
      .between(0, 1);
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
  network.describe(options);
  options.check([this](std::vector<std::string>& problems) {
    if (input.empty() == images.empty() && !training.join) {
      problems.emplace_back("one of --input and --images is required");
    }
    // --folds counts the folds of subjects where there are some.
    if (group_pattern.empty() && training.lacks_split()) {
      problems.emplace_back("--folds needs --split");
    }
    if (!group_pattern.empty() && images.empty()) {
      problems.emplace_back("--group-pattern needs --images");
    }
    if (group_folds < 0 || group_folds == 1) {
      problems.push_back(
          fmt::format("--group-folds must be 0 (random split) or at least 2, not {}", group_folds));
    }
    try {
      const std::regex expression(group_pattern);
    } catch (const std::regex_error& error) {
      problems.push_back(fmt::format("--group-pattern '{}': {}", group_pattern, error.what()));
    }
  });
}

void TrainVisualConfig::validate() const {
  Options::of(*this).require_valid();
}

TrainingReport run_train_visual(const TrainVisualConfig& config, Progress& progress) {
  config.validate();
  VisualTrainer trainer(config);
  return run_training(config.training, trainer, progress);
}

std::string describe_visual(const TrainVisualConfig& config) {
  VisualNetOptions options = config.network;
  if (!config.input.empty() || !config.images.empty()) {
    options.classes = static_cast<int>(in_class_order(read_items(config).labels).size());
  }
  const auto network = make_visual_net(options, 0);
  return format_layers("Visual network (CNN)", describe(*network));
}

}  // namespace aver
