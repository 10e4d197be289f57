#include "aver/pipeline/predict.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "aver/base/error.h"
#include "aver/base/parallel.h"
#include "aver/pipeline/frame_settings.h"
#include "aver/protocol/split.h"
#include "aver/train/model_file.h"
#include "aver/train/picture_cache.h"
#include "aver/train/runtime.h"
#include "aver/train/tensors.h"
#include "aver/train/trainer.h"
#include "chosen_model.h"
#include "fit.h"
#include "mfcc_stage.h"
#include "outcome.h"
#include "run_folder.h"
#include "visual_items.h"

namespace aver {
namespace {

struct Context {
  const PredictConfig& config;
  ModelFile model;
  std::shared_ptr<Network> network;
  torch::Device device;
  Split split;  ///< of the run the model comes from, if there is one
  Progress& progress;
};

// The fold that the model was trained on, of its run's split.
Split split_of_run(const fs::path& run, const ModelFile& model) {
  if (run.empty()) return {};
  const Split split = read_split(run / "split.csv");
  const auto fold = model.training.find("fold");
  if (fold == model.training.end() || !fold->is_number_integer()) return {};
  return fold_of(split, fold->get<int>());
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  const fs::path relative =
      fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(folder, error));
  return !error && !relative.empty() && *relative.begin() != "..";
}

// A table must not take the place of a file of the stage, of a run, or of the model.
void check_output(const PredictConfig& config) {
  if (lies_in(config.output, config.input)) {
    throw UsageError("--output {} lies in the stage folder --input {}: give another place",
                     config.output.string(), config.input.string());
  }
  std::error_code error;
  if (fs::equivalent(config.output, config.model, error)) {
    throw UsageError("--output {} would overwrite the model", config.output.string());
  }
  const fs::path run = run_folder_of(fs::weakly_canonical(config.output, error));
  if (!run.empty()) {
    throw UsageError("--output {} would overwrite a file of the training run {}: give another name",
                     config.output.string(), run.string());
  }
}

// Which stage settings differ from those the model was trained with. `made` is what the stage, run
// by `tool`, does: "computed".
void require_same_settings(const nlohmann::json& trained, const nlohmann::json& given,
                           const fs::path& input, const char* made, const char* tool) {
  std::vector<std::string> differences;
  nlohmann::json keys = trained;
  keys.update(given);
  for (const auto& [key, value] : keys.items()) {
    const auto then = trained.value(key, nlohmann::json());
    const auto now = given.value(key, nlohmann::json());
    if (now != then) {
      differences.push_back(fmt::format("{} {} (model: {})", key, now.dump(), then.dump()));
    }
  }
  if (!differences.empty()) {
    throw Error(
        "{} was {} with other settings than the model was trained with: {}; run {} with the "
        "model's "
        "settings",
        input.string(), made, fmt::join(differences, ", "), tool);
  }
}

std::vector<std::size_t> indices_below(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::vector<std::vector<double>> predict_items(Context& context, const Dataset& dataset,
                                               const std::vector<std::size_t>& items) {
  context.progress.start("predicting", items.size());
  auto result = predict(*context.network, dataset, items, context.device,
                        [&](std::size_t done) { context.progress.update(done); });
  context.progress.finish();
  return result;
}

// A label the model does not know is left empty: there is no right answer it could give.
std::string known_label(const ModelFile& model, const std::string& label, const std::string& clip,
                        PredictReport& report) {
  const auto& classes = model.classes;
  if (std::find(classes.begin(), classes.end(), label) != classes.end()) return label;
  if (!label.empty()) report.unknown[label].insert(clip);
  return {};
}

Predictions predict_mfcc(Context& context, PredictReport& report) {
  const auto& config = context.config;
  const auto options = audio_options(context.model);
  auto clips =
      read_mfcc_stage(config.input, config.channel, static_cast<std::size_t>(options.coefficients),
                      config.workers, context.progress);
  require_same_settings(context.model.input, clips.settings, config.input, "computed",
                        "aver-compute-mfcc");
  report.failed = clips.failed;
  std::map<std::string, std::string> role_of;
  for (const SplitRow& row : context.split.rows) {
    role_of[clip_key(row.item)] = name_of(row.role);
  }
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    if (clips.arrays[i].shape[1] <= static_cast<std::size_t>(options.max_frames)) continue;
    spdlog::warn("{}: {} frames, the model takes {}; cut at the end", clips.clips[i],
                 clips.arrays[i].shape[1], options.max_frames);
    ++report.shortened;
  }
  const MfccDataset dataset(clips.arrays, std::vector<std::int64_t>(clips.clips.size(), -1),
                            context.model.normalisation,
                            static_cast<std::size_t>(options.max_frames));
  const auto distributions = predict_items(context, dataset, indices_below(dataset.size()));
  Predictions predictions{context.model.classes, {}};
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    const auto role = role_of.find(clips.clips[i]);
    predictions.rows.push_back(
        {clips.clips[i], std::nullopt, role == role_of.end() ? "" : role->second,
         known_label(context.model, clips.labels[i], clips.clips[i], report), distributions[i]});
  }
  return predictions;
}

// Indices of the frames of all clips whose frames could be read; the other clips have failed.
std::vector<std::size_t> readable_frames(const VisualItems& items,
                                         const std::map<std::size_t, std::string>& damaged,
                                         const fs::path& input, PredictReport& report) {
  std::map<std::string, std::string> reason_of;  // clip -> its first damaged frame
  for (const auto& [i, reason] : damaged) reason_of.emplace(items.clips[i], reason);
  for (const auto& [clip, reason] : reason_of) report.failed.push_back({clip, reason});
  std::vector<std::size_t> good;
  for (std::size_t i = 0; i < items.clips.size(); ++i) {
    if (!reason_of.contains(items.clips[i])) good.push_back(i);
  }
  if (good.empty()) {
    throw Error("{} holds no clip that can be used: {}", input.string(), damaged.begin()->second);
  }
  return good;
}

Predictions predict_frames(Context& context, PredictReport& report) {
  const auto& config = context.config;
  const auto options = visual_options(context.model);
  const auto items = frames_of_stage(config.input, config.channel);
  const auto trained = context.model.input.value("frames", nlohmann::json::object());
  require_same_settings(face_settings(trained), face_settings(items.settings), config.input,
                        "extracted", "aver-extract-frames");
  const auto roles = items.roles(context.split);
  const fs::path cache_path =
      config.output.parent_path() / ("." + config.output.filename().string() + ".pictures");
  Predictions predictions{context.model.classes, {}};
  std::vector<std::string> clips;
  {
    std::map<std::size_t, std::string> damaged;
    const auto cache = PictureCache::open(cache_path, items.files, options.picture_size,
                                          config.workers, context.progress, &damaged);
    const auto good = readable_frames(items, damaged, config.input, report);
    const PictureDataset dataset([&](std::size_t i) { return cache.picture(i); },
                                 std::vector<std::int64_t>(items.files.size(), -1),
                                 static_cast<std::size_t>(options.picture_size));
    const auto distributions = predict_items(context, dataset, good);
    for (std::size_t n = 0; n < good.size(); ++n) {
      const std::size_t i = good[n];
      clips.push_back(items.clips[i]);
      predictions.rows.push_back(
          {items.names[i], std::nullopt, roles[i],
           known_label(context.model, items.labels[i], items.clips[i], report), distributions[n]});
    }
  }
  fs::remove(cache_path);
  return mean_by_clip(predictions, clips);
}

// "" when the model knows every label.
std::string unknown_labels(const PredictReport& report, const std::vector<std::string>& classes) {
  if (report.unknown.empty()) return {};
  std::vector<std::string> labels;
  std::size_t clips = 0;
  for (const auto& [label, having] : report.unknown) {
    labels.push_back(label);
    clips += having.size();
  }
  return fmt::format(
      "  warning: {} of {} have a label that is no class of the model ({}; it knows {}): {}\n",
      clips, counted(report.clips, "clips"), fmt::join(labels, ", "), fmt::join(classes, ", "),
      clips == report.clips ? "no accuracy can be given"
                            : "the accuracy is that of the other clips");
}

void summarise(const PredictConfig& config, const Predictions& predictions, PredictReport& report) {
  report.clips = predictions.rows.size();
  const auto trained = static_cast<std::size_t>(
      std::count_if(predictions.rows.begin(), predictions.rows.end(),
                    [](const Prediction& row) { return row.role == "train"; }));
  report.text = fmt::format("{} predicted, {} failed; {}\n", counted(report.clips, "clips"),
                            report.failed.size(), config.output.string());
  report.text += score_line(report.unknown.empty() ? "all clips" : "clips of known labels",
                            predictions, "", "clips");
  report.text += unknown_labels(report, predictions.classes);
  if (trained > 0) {
    report.text += fmt::format("  The model was trained on {} of these clips.\n", trained);
  }
  nlohmann::json failed = nlohmann::json::array();
  for (const StageRemark& remark : report.failed) {
    report.text += fmt::format("  failed: {}: {}\n", remark.source, remark.reason);
    failed.push_back({{"clip", remark.source}, {"reason", remark.reason}});
  }
  nlohmann::json unknown = nlohmann::json::object();
  for (const auto& [label, clips] : report.unknown) unknown[label] = clips.size();
  report.json = {
      {"output", config.output.string()},    {"clips", report.clips}, {"trained_on", trained},
      {"shortened", report.shortened},       {"failed", failed},      {"unknown_labels", unknown},
      {"metrics", part_metrics(predictions)}};
}

PredictReport load_and_predict(const PredictConfig& config, Progress& progress) {
  const Runtime runtime =
      start_runtime(config.device, config.threads > 0 ? config.threads : available_cpus());
  const torch::Device device(runtime.device);
  ModelFile model = read_chosen_model(config.model, "");
  auto network = load_network(model, config.model.string(), device);
  Split split = split_of_run(run_of_model(config.model), model);
  Context context{config, std::move(model), std::move(network), device, std::move(split), progress};
  PredictReport report;
  const Predictions predictions = context.model.kind == "audio" ? predict_mfcc(context, report)
                                                                : predict_frames(context, report);
  write_predictions(config.output, predictions);
  summarise(config, predictions, report);
  return report;
}

}  // namespace

void PredictConfig::validate() const {
  std::vector<std::string> problems;
  if (model.empty()) problems.emplace_back("--model is required");
  if (input.empty()) problems.emplace_back("--input is required");
  if (output.empty()) problems.emplace_back("--output is required");
  if (!output.empty() && fs::is_directory(output)) {
    problems.push_back(
        fmt::format("--output {} is a folder: name the .csv file to write", output.string()));
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

PredictReport run_predict(const PredictConfig& config, Progress& progress) {
  config.validate();
  check_output(config);
  return in_one_sentence("predict", [&] { return load_and_predict(config, progress); });
}

}  // namespace aver
