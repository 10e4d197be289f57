#include "training/train_audio.h"

#include <map>
#include <numeric>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/interruption.h"
#include "base/parallel.h"
#include "base/random.h"
#include "nn/audio_net.h"
#include "protocol/split_file.h"
#include "runs/outcome.h"
#include "stages/mfcc_stage.h"
#include "train/network_options.h"
#include "training/fit.h"
#include "training/fold_trainer.h"
#include "training/training_setup.h"

namespace aver {
namespace {

constexpr const char* kTool = "aver-train-audio";

/// What a run takes from the input and the split.
struct Items {
  MfccClips clips;
  std::vector<std::string> classes;
  std::vector<SplitItem> split_items;
  Split split;  ///< all folds
};

void require_all_read(const MfccClips& clips) {
  if (clips.failed.empty()) return;
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < std::min<std::size_t>(clips.failed.size(), 3); ++i) {
    reasons.push_back(clips.failed[i].reason);
  }
  throw Error("{} clips cannot be used, so nothing was trained: {}{}", clips.failed.size(),
              fmt::join(reasons, "; "), clips.failed.size() > reasons.size() ? "; …" : "");
}

// Equal for clips with equal MFCCs; "" for silence, whose columns are all alike.
std::string sound_of(const FloatArray& mfcc) {
  if (is_still<float>(mfcc.values, static_cast<std::size_t>(mfcc.shape[0]))) return "";
  Fingerprint sound;
  sound.add(std::as_bytes(std::span(mfcc.values)));
  return sound.text();
}

std::vector<SplitItem> split_items_of(const MfccClips& clips) {
  std::vector<SplitItem> items;
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    items.push_back({clips.clips[i], clips.labels[i], actor_of(clips.clips[i]).value_or(""),
                     sound_of(clips.arrays[i])});
  }
  return items;
}

Items load_items(const TrainAudioConfig& config, Progress& progress) {
  const TrainingConfig& training = config.training;
  Items items;
  items.clips = read_mfcc_stage(config.input, training.channel, 0, training.workers, progress);
  require_all_read(items.clips);
  items.classes = in_class_order(items.clips.labels);
  items.split_items = split_items_of(items.clips);
  items.split = training.split.empty()
                    ? split_paper(items.split_items, config.test_share, false, training.seed)
                    : read_split(training.split);
  return items;
}

FoldRoles fold_of_run(const Items& items, const TrainingConfig& run) {
  FoldRoles fold;
  fold.split = choose_split(run, items.split, items.split_items);
  std::map<std::string, Role> role_of;
  for (const SplitRow& row : fold.split.split.rows) role_of[clip_key(row.item)] = row.role;
  for (const std::string& clip : items.clips.clips) {
    const auto found = role_of.find(clip);
    fold.roles.push_back(found == role_of.end() ? "" : std::string(name_of(found->second)));
  }
  fold.parts = parts_of(fold.split.split, fold.roles, "clips");
  return fold;
}

AudioNetOptions network_options(const TrainAudioConfig& config, const MfccClips& clips,
                                std::size_t classes) {
  AudioNetOptions options = config.network;
  options.classes = static_cast<int>(classes);
  options.coefficients = static_cast<int>(clips.arrays.front().shape[0]);
  options.max_frames =
      config.max_frames > 0 ? config.max_frames : static_cast<int>(clips.longest());
  options.validate();
  return options;
}

Options options_of(TrainAudioConfig config, const TrainingConfig& run) {
  config.training = run;
  return Options::of(std::move(config));
}

std::string fingerprint_of(const Items& items, const std::vector<std::string>& roles) {
  Fingerprint data;
  for (std::size_t i = 0; i < items.clips.clips.size(); ++i) {
    data.add(items.clips.clips[i]);
    data.add(roles[i]);
    data.add(std::as_bytes(std::span(items.clips.arrays[i].values)));
  }
  return data.text();
}

Predictions predict_all(const Items& items, const FoldRoles& fold, Network& network,
                        const Dataset& dataset, const Runtime& runtime, Progress& progress) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  progress.start("predicting", all.size());
  const auto distributions = predict(
      network, dataset, all, torch::Device(runtime.device),
      [&](std::size_t done) { progress.update(done); }, *runtime.group);
  progress.finish();
  Predictions predictions{items.classes, {}};
  for (const std::size_t i : all) {
    predictions.rows.push_back({items.clips.clips[i], fold.split.fold, fold.roles[i],
                                items.clips.labels[i], distributions[i]});
  }
  return predictions;
}

TrainingReport report_of(const TrainingConfig& run, const FoldRoles& fold, const FitResult& fitted,
                         const Predictions& predictions) {
  const RunSplit& split = fold.split;
  const bool chosen_on_test = run.select == "best" && fold.parts.validates_on_test;
  const Scores scores = score(confusion_of(predictions, "test"));
  TrainingReport report;
  report.epochs_done = static_cast<int>(fitted.history.size());
  report.test_accuracy = scores.accuracy;
  report.test_uar = scores.uar;
  report.metrics = {{"format", kRunMetricsFormat},
                    {"kind", "audio"},
                    {"protocol", split.protocol()},
                    {"fold", split.fold},
                    {"split", split.source},
                    {"classes", predictions.classes},
                    {"epoch", fitted.scored_epoch},
                    {"select", run.select},
                    {"chosen_on_test_part", chosen_on_test},
                    {"clips", part_metrics(predictions)},
                    {"equal_recordings", split.equal_recordings},
                    {"leaks", split.verdict.leaks()},
                    {"leak_check", split.verdict.sentence()}};
  report.text = fmt::format("Sound model, protocol {}, fold {}, weights of epoch {}:\n",
                            split.protocol(), split.fold, fitted.scored_epoch);
  report.text += score_line("test part", predictions, "test", "clips");
  report.text += score_line("validation part", predictions, "validation", "clips");
  report.text += score_line("training part", predictions, "train", "clips");
  if (chosen_on_test) report.text += "  The epoch was chosen on the test part.\n";
  report.text += split.verdict.sentence() + "\n";
  report.text += fmt::format("Everything is in {}\n", run.output.string());
  return report;
}

TrainingReport train_and_score(const TrainAudioConfig& config, const TrainingConfig& run,
                               const Items& items, const Runtime& runtime, Progress& progress) {
  const FoldRoles fold = fold_of_run(items, run);
  const auto options = network_options(config, items.clips, items.classes.size());
  const auto normalisation =
      config.normalize ? fit_normalisation(items.clips.arrays, fold.parts.train) : Normalisation{};
  const Options told = options_of(config, run);
  const MfccDataset dataset(items.clips.arrays, indices_of(items.clips.labels, items.classes),
                            normalisation, static_cast<std::size_t>(options.max_frames));

  TrainOptions train_options{run.batch_size, run.learning_rate, run.seed, {}};
  if (config.plateau_patience > 0) {
    train_options.plateau = PlateauOptions{config.plateau_patience, config.plateau_factor};
  }
  ModelFile model{"audio",
                  items.classes,
                  items.clips.settings,
                  to_json(options),
                  training_record(run, fold.split.split, fold.split.fold),
                  normalisation,
                  {}};
  FitRequest request{run,
                     make_audio_net(options, derive_seed(run.seed, {0})),
                     dataset,
                     {fold.parts.train, fold.parts.validation},
                     train_options,
                     model,
                     identity_of(told, fingerprint_of(items, fold.roles)),
                     torch::Device(runtime.device),
                     runtime.group};
  FolderLock lock = lock_run(run, runtime);  // before what is there is read
  const auto trainer = start_trainer(request);
  RunLog log = start_run(run, {kTool, told.settings()}, fold.split.split, runtime, lock);
  const FitResult fitted = fit(request, *trainer, log, progress);
  if (fitted.interrupted) return interrupted_report(run, fitted.history.size());

  Predictions predictions;
  try {
    predictions = predict_all(items, fold, *request.network, dataset, runtime, progress);
  } catch (const Interrupted&) {
    return interrupted_report(run, fitted.history.size());
  }
  if (!runtime.group->first()) return report_elsewhere(fitted.history.size());
  write_predictions(run.output / "predictions.csv", predictions);
  write_training_figures(run.output, fitted.history, predictions, "test",
                         fmt::format("Sound, protocol {}", fold.split.protocol()), log);
  auto report = report_of(run, fold, fitted, predictions);
  finish_run(run.output, report, log);
  return report;
}

class AudioTrainer final : public FoldTrainer {
 public:
  explicit AudioTrainer(const TrainAudioConfig& config) : config_(config) {}

  std::string tool() const override { return kTool; }
  Options options(const TrainingConfig& run) const override { return options_of(config_, run); }
  void read(Progress& progress) override { items_ = load_items(config_, progress); }
  const Split& split() const override { return items_.split; }
  void check(const TrainingConfig& run, Progress&) override {
    const FoldRoles fold = fold_of_run(items_, run);
    if (!run.resume) return;
    check_resume(run, identity_of(options(run), fingerprint_of(items_, fold.roles)));
  }
  TrainingReport train(const TrainingConfig& run, const Runtime& runtime,
                       Progress& progress) override {
    return train_and_score(config_, run, items_, runtime, progress);
  }

 private:
  const TrainAudioConfig& config_;
  Items items_;
};

}  // namespace

void TrainAudioConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("input", input, "Stage folder of aver-compute-mfcc").required([this] {
    return training.join;
  });
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
  AudioTrainer trainer(config);
  return run_training(config.training, trainer, progress);
}

std::string describe_audio(const TrainAudioConfig& config) {
  AudioNetOptions options = config.network;
  if (config.max_frames > 0) options.max_frames = config.max_frames;
  if (!config.input.empty()) {
    NoProgress none;
    const auto clips =
        read_mfcc_stage(config.input, config.training.channel, 0, config.training.workers, none);
    options = network_options(config, clips, in_class_order(clips.labels).size());
  }
  const auto network = make_audio_net(options, 0);
  return format_layers("Audio network (CNN + LSTM)", describe(*network));
}

}  // namespace aver
