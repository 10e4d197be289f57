#include "aver/pipeline/train_visual.h"

#include <numeric>
#include <regex>

#include "aver/base/error.h"
#include "aver/base/parallel.h"
#include "aver/base/random.h"
#include "aver/train/picture_cache.h"
#include "fit.h"
#include "interruption.h"
#include "outcome.h"
#include "training_setup.h"
#include "visual_items.h"

namespace aver {
namespace {

VisualItems read_items(const TrainVisualConfig& config) {
  return config.images.empty() ? frames_of_stage(config.input, config.training.channel)
                               : pictures_of_folders(config.images, config.group_pattern);
}

RunSplit make_split(const TrainVisualConfig& config, const VisualItems& items) {
  const auto split_items = items.split_items();
  const bool by_group = !config.group_pattern.empty() && config.group_folds > 0;
  TrainingConfig training = config.training;
  if (by_group && training.split.empty()) {
    training.fold = std::max(training.fold, 0);
    return choose_split(training, split_group(split_items, config.group_folds), split_items);
  }
  return choose_split(training, split_paper(split_items, config.test_share, true, training.seed),
                      split_items);
}

nlohmann::ordered_json settings_of(const TrainVisualConfig& config) {
  nlohmann::ordered_json settings;
  settings["input"] = config.input.string();
  settings["images"] = config.images.string();
  settings["picture-cache"] = config.picture_cache.string();
  add_common_settings(settings, config.training);
  settings["test-share"] = config.test_share;
  settings["group-pattern"] = config.group_pattern;
  settings["group-folds"] = config.group_folds;
  settings["size"] = config.network.picture_size;
  settings["filters"] = config.network.filters;
  settings["padding"] = name_of(config.network.padding);
  settings["dense"] = config.network.dense;
  settings["dropout"] = config.network.dropout;
  return settings;
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
                        const Dataset& dataset, const torch::Device& device, Progress& progress) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  progress.start("predicting", all.size());
  const auto distributions =
      predict(network, dataset, all, device, [&](std::size_t done) { progress.update(done); });
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

TrainingReport report_of(const TrainVisualConfig& config, const VisualItems& items,
                         const RunSplit& split, const FitResult& fitted,
                         const Predictions& pictures, const Predictions& clips,
                         bool validates_on_test) {
  const bool chosen_on_test = config.training.select == "best" && validates_on_test;
  const Scores scores = score(confusion_of(pictures, "test"));
  TrainingReport report;
  report.epochs_done = static_cast<int>(fitted.history.size());
  report.test_accuracy = scores.accuracy;
  report.test_uar = scores.uar;
  report.metrics = {{"format", kRunMetricsFormat},      {"kind", "visual"},
                    {"protocol", split.protocol()},     {"fold", split.fold},
                    {"classes", pictures.classes},      {"epoch", fitted.scored_epoch},
                    {"select", config.training.select}, {"chosen_on_test_part", chosen_on_test},
                    {"leaks", split.verdict.leaks()},   {"leak_check", split.verdict.sentence}};
  report.text = fmt::format("Picture model, protocol {}, fold {}, weights of epoch {}:\n",
                            split.protocol(), split.fold, fitted.scored_epoch);
  add_scores(report, items, pictures, clips);
  if (chosen_on_test) report.text += "  The epoch was chosen on the test part.\n";
  report.text += split.verdict.sentence + "\n";
  report.text += fmt::format("Everything is in {}\n", config.training.output.string());
  return report;
}

bool splits_frames(const Split& split) {
  return !split.rows.empty() && split.rows.front().item.find("_frame_") != std::string::npos;
}

TrainingReport train_and_score(const TrainVisualConfig& config, Progress& progress) {
  const TrainingConfig& training = config.training;
  check_run_folder(training.output, training.resume, training.force);
  const auto settings = settings_of(config);
  check_resume(training, identity_of(settings, {}));
  const Runtime runtime =
      start_runtime(training.device, training.threads > 0 ? training.threads : available_cpus());
  const torch::Device device(runtime.device);

  const VisualItems items = read_items(config);
  const auto classes = in_class_order(items.labels);
  const RunSplit split = make_split(config, items);
  const auto roles = items.roles(split.split);
  const Parts parts = parts_of(split.split, roles, items.frames ? "frames" : "pictures");
  VisualNetOptions options = config.network;
  options.classes = static_cast<int>(classes.size());
  options.validate();
  const auto cache = PictureCache::open(
      config.picture_cache.empty() ? training.output / ".pictures.cache" : config.picture_cache,
      items.files, options.picture_size, training.workers, progress);
  const PictureDataset dataset([&](std::size_t i) { return cache.picture(i); },
                               indices_of(items.labels, classes),
                               static_cast<std::size_t>(options.picture_size));

  const TrainOptions train_options{training.batch_size, training.learning_rate, training.seed, {}};
  const ModelFile model{"visual",
                        classes,
                        {{"picture_size", options.picture_size},
                         {"colour", "BGR"},
                         {"scale", "0 to 1"},
                         {"resize", "linear, squeezed to a square"}},
                        to_json(options),
                        training_record(training, split.split, split.fold),
                        {},
                        {}};
  FitRequest request{training,
                     make_visual_net(options, derive_seed(training.seed, {0})),
                     dataset,
                     {parts.train, parts.validation},
                     train_options,
                     model,
                     identity_of(settings, fingerprint_of(items, roles, cache)),
                     device};
  const auto trainer = start_trainer(request);
  RunLog log = start_run(training, "aver-train-visual", settings, split.split, runtime);
  const FitResult fitted = fit(request, *trainer, log, progress);
  if (fitted.interrupted) return interrupted_report(training, fitted.history.size());

  Predictions pictures;
  try {
    pictures =
        predict_all(items, classes, roles, split.fold, *request.network, dataset, device, progress);
  } catch (const Interrupted&) {
    return interrupted_report(training, fitted.history.size());
  }
  const auto clips = items.frames ? mean_by_clip(pictures, items.clips) : pictures;
  write_predictions(training.output / "predictions.csv", clips);
  if (items.frames) write_predictions(training.output / "frame_predictions.csv", pictures);
  write_training_figures(training.output, fitted.history,
                         splits_frames(split.split) ? pictures : clips, "test",
                         fmt::format("Picture, protocol {}", split.protocol()), log);
  auto report = report_of(config, items, split, fitted, pictures, clips, parts.validates_on_test);
  finish_run(training, report, log);
  return report;
}

}  // namespace

TrainVisualConfig::TrainVisualConfig() {
  training.epochs = 25;
  training.batch_size = 8;
  training.learning_rate = 1e-4;
}

void TrainVisualConfig::validate() const {
  TrainingConfig common = training;
  if (!group_pattern.empty()) common.fold = -1;  // --folds then counts the folds of subjects
  auto problems = common.problems();
  if (input.empty() == images.empty()) {
    problems.emplace_back("one of --input and --images is required");
  }
  if (!(test_share > 0.0 && test_share < 1.0)) {
    problems.push_back(fmt::format("--test-share must lie between 0 and 1, not {}", test_share));
  }
  if (!group_pattern.empty() && images.empty()) {
    problems.emplace_back("--group-pattern needs --images");
  }
  if (group_folds < 0 || group_folds == 1) {
    problems.push_back(
        fmt::format("--group-folds is 0 (random split) or at least 2, not {}", group_folds));
  }
  try {
    const std::regex expression(group_pattern);
  } catch (const std::regex_error& error) {
    problems.push_back(fmt::format("--group-pattern '{}': {}", group_pattern, error.what()));
  }
  try {
    network.validate();
  } catch (const UsageError& error) {
    problems.emplace_back(error.what());
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

TrainingReport run_train_visual(const TrainVisualConfig& config, Progress& progress) {
  config.validate();
  TrainVisualConfig chosen = config;  // "auto" is never recorded, but what it came to
  chosen.training.precision =
      name_of(choose_precision(config.training.precision, config.training.device));
  return in_one_sentence("train", [&] {
    return until_interrupted(config.training, progress, [&](Progress& stoppable) {
      return train_and_score(chosen, stoppable);
    });
  });
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
