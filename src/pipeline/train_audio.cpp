#include "aver/pipeline/train_audio.h"

#include <map>

#include "aver/base/error.h"
#include "aver/base/parallel.h"
#include "aver/base/random.h"
#include "fit.h"
#include "interruption.h"
#include "mfcc_stage.h"
#include "outcome.h"
#include "training_setup.h"

namespace aver {
namespace {

struct Items {
  MfccClips clips;
  std::vector<std::string> classes;
  std::vector<std::string> roles;  ///< "" = in no part
  RunSplit split;
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

std::vector<SplitItem> split_items_of(const MfccClips& clips) {
  std::vector<SplitItem> items;
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    items.push_back({clips.clips[i], clips.labels[i], actor_of(clips.clips[i]).value_or("")});
  }
  return items;
}

void assign_roles(Items& items, const TrainAudioConfig& config) {
  const auto split_items = split_items_of(items.clips);
  items.split = choose_split(
      config.training, split_paper(split_items, config.test_share, false, config.training.seed),
      split_items);
  std::map<std::string, Role> role_of;
  for (const SplitRow& row : items.split.split.rows) role_of[clip_key(row.item)] = row.role;
  for (const std::string& clip : items.clips.clips) {
    const auto found = role_of.find(clip);
    items.roles.push_back(found == role_of.end() ? "" : std::string(name_of(found->second)));
  }
}

Items load_items(const TrainAudioConfig& config, Progress& progress) {
  Items items;
  items.clips =
      read_mfcc_stage(config.input, config.training.channel, 0, config.training.workers, progress);
  require_all_read(items.clips);
  items.classes = in_class_order(items.clips.labels);
  assign_roles(items, config);
  return items;
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

nlohmann::ordered_json settings_of(const TrainAudioConfig& config) {
  const AudioNetOptions& network = config.network;
  nlohmann::ordered_json settings;
  settings["input"] = config.input.string();
  add_common_settings(settings, config.training);
  settings["test-share"] = config.test_share;
  settings["max-frames"] =
      config.max_frames > 0 ? std::to_string(config.max_frames) : std::string("auto");
  settings["normalize"] = config.normalize;
  settings["plateau-patience"] = config.plateau_patience;
  settings["plateau-factor"] = config.plateau_factor;
  settings["filters"] = network.filters;
  settings["padding"] = name_of(network.padding);
  settings["third-norm"] = network.third_norm ? "on" : "off";
  settings["norm-momentum"] = network.norm_momentum;
  settings["lstm"] = network.lstm;
  settings["dense"] = network.dense;
  settings["dropout"] = network.dropout;
  settings["mask-padding"] = network.mask_padding;
  return settings;
}

std::string fingerprint_of(const Items& items) {
  Fingerprint data;
  for (std::size_t i = 0; i < items.clips.clips.size(); ++i) {
    data.add(items.clips.clips[i]);
    data.add(items.roles[i]);
    data.add(std::as_bytes(std::span(items.clips.arrays[i].values)));
  }
  return data.text();
}

Predictions predict_all(const Items& items, Network& network, const Dataset& dataset,
                        const torch::Device& device, Progress& progress) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  progress.start("predicting", all.size());
  const auto distributions =
      predict(network, dataset, all, device, [&](std::size_t done) { progress.update(done); });
  progress.finish();
  Predictions predictions{items.classes, {}};
  for (const std::size_t i : all) {
    predictions.rows.push_back({items.clips.clips[i], items.split.fold, items.roles[i],
                                items.clips.labels[i], distributions[i]});
  }
  return predictions;
}

TrainingReport report_of(const TrainAudioConfig& config, const Items& items,
                         const FitResult& fitted, const Predictions& predictions,
                         bool validates_on_test) {
  const std::string protocol = items.split.protocol();
  const bool chosen_on_test = config.training.select == "best" && validates_on_test;
  const Scores scores = score(confusion_of(predictions, "test"));
  TrainingReport report;
  report.epochs_done = static_cast<int>(fitted.history.size());
  report.test_accuracy = scores.accuracy;
  report.test_uar = scores.uar;
  report.metrics = {{"format", kRunMetricsFormat},
                    {"kind", "audio"},
                    {"protocol", protocol},
                    {"fold", items.split.fold},
                    {"classes", items.classes},
                    {"epoch", fitted.scored_epoch},
                    {"select", config.training.select},
                    {"chosen_on_test_part", chosen_on_test},
                    {"clips", part_metrics(predictions)},
                    {"leaks", items.split.verdict.leaks()},
                    {"leak_check", items.split.verdict.sentence}};
  report.text = fmt::format("Sound model, protocol {}, fold {}, weights of epoch {}:\n", protocol,
                            items.split.fold, fitted.scored_epoch);
  report.text += score_line("test part", predictions, "test", "clips");
  report.text += score_line("validation part", predictions, "validation", "clips");
  report.text += score_line("training part", predictions, "train", "clips");
  if (chosen_on_test) report.text += "  The epoch was chosen on the test part.\n";
  report.text += items.split.verdict.sentence + "\n";
  report.text += fmt::format("Everything is in {}\n", config.training.output.string());
  return report;
}

TrainingReport train_and_score(const TrainAudioConfig& config, Progress& progress) {
  const TrainingConfig& training = config.training;
  check_run_folder(training.output, training.resume, training.force);
  const auto settings = settings_of(config);
  check_resume(training, identity_of(settings, {}));
  const Runtime runtime =
      start_runtime(training.device, training.threads > 0 ? training.threads : available_cpus());
  const torch::Device device(runtime.device);

  Items items = load_items(config, progress);
  const Parts parts = parts_of(items.split.split, items.roles, "clips");
  const auto options = network_options(config, items.clips, items.classes.size());
  const auto normalisation =
      config.normalize ? fit_normalisation(items.clips.arrays, parts.train) : Normalisation{};
  const auto identity = identity_of(settings, fingerprint_of(items));
  const MfccDataset dataset(items.clips.arrays, indices_of(items.clips.labels, items.classes),
                            normalisation, static_cast<std::size_t>(options.max_frames));
  items.clips.arrays.clear();

  TrainOptions train_options{training.batch_size, training.learning_rate, training.seed, {}};
  if (config.plateau_patience > 0) {
    train_options.plateau = PlateauOptions{config.plateau_patience, config.plateau_factor};
  }
  ModelFile model{"audio",
                  items.classes,
                  items.clips.settings,
                  to_json(options),
                  training_record(training, items.split.split, items.split.fold),
                  normalisation,
                  {}};
  FitRequest request{training,      make_audio_net(options, derive_seed(training.seed, {0})),
                     dataset,       {parts.train, parts.validation},
                     train_options, model,
                     identity,      device};
  const auto trainer = start_trainer(request);
  RunLog log = start_run(training, "aver-train-audio", settings, items.split.split, runtime);
  const FitResult fitted = fit(request, *trainer, log, progress);
  if (fitted.interrupted) return interrupted_report(training, fitted.history.size());

  Predictions predictions;
  try {
    predictions = predict_all(items, *request.network, dataset, device, progress);
  } catch (const Interrupted&) {
    return interrupted_report(training, fitted.history.size());
  }
  write_predictions(training.output / "predictions.csv", predictions);
  write_training_figures(training.output, fitted.history, predictions, "test",
                         fmt::format("Sound, protocol {}", items.split.protocol()), log);
  auto report = report_of(config, items, fitted, predictions, parts.validates_on_test);
  finish_run(training, report, log);
  return report;
}

}  // namespace

void TrainAudioConfig::validate() const {
  auto problems = training.problems();
  if (input.empty()) problems.emplace_back("--input is required");
  if (max_frames < 0) problems.emplace_back("--max-frames is auto or a number above 0");
  if (!(test_share > 0.0 && test_share < 1.0)) {
    problems.push_back(fmt::format("--test-share must lie between 0 and 1, not {}", test_share));
  }
  if (plateau_patience < 0) problems.emplace_back("--plateau-patience must not be negative");
  if (!(plateau_factor > 0.0 && plateau_factor < 1.0)) {
    problems.push_back(
        fmt::format("--plateau-factor must lie between 0 and 1, not {}", plateau_factor));
  }
  try {
    network.validate();
  } catch (const UsageError& error) {
    problems.emplace_back(error.what());
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

TrainingReport run_train_audio(const TrainAudioConfig& config, Progress& progress) {
  config.validate();
  TrainAudioConfig chosen = config;  // "auto" is never recorded, but what it came to
  chosen.training.precision =
      name_of(choose_precision(config.training.precision, config.training.device));
  return in_one_sentence("train", [&] {
    return until_interrupted(config.training, progress, [&](Progress& stoppable) {
      return train_and_score(chosen, stoppable);
    });
  });
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
