#include "aver/pipeline/predict.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "aver/base/error.h"
#include "aver/base/parallel.h"
#include "aver/protocol/split.h"
#include "aver/train/model_file.h"
#include "aver/train/picture_cache.h"
#include "aver/train/runtime.h"
#include "aver/train/tensors.h"
#include "aver/train/trainer.h"
#include "fit.h"
#include "mfcc_stage.h"
#include "outcome.h"
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

Split split_of_run(const fs::path& model) {
  const fs::path path = (fs::is_directory(model) ? model : model.parent_path()) / "split.csv";
  return fs::exists(path) ? read_split(path) : Split{};
}

// Which stage settings differ from those the model was trained with.
void require_same_settings(const nlohmann::json& trained, const nlohmann::json& given,
                           const fs::path& input) {
  std::vector<std::string> differences;
  for (const auto& [key, value] : trained.items()) {
    const auto now = given.value(key, nlohmann::json());
    if (now != value) {
      differences.push_back(fmt::format("{} {} (model: {})", key, now.dump(), value.dump()));
    }
  }
  if (!differences.empty()) {
    throw Error(
        "{} was computed with other settings than the model was trained with: {}; run "
        "aver-compute-mfcc with the model's settings",
        input.string(), fmt::join(differences, ", "));
  }
}

std::vector<std::vector<double>> predict_all(Context& context, const Dataset& dataset) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  context.progress.start("predicting", all.size());
  auto result = predict(*context.network, dataset, all, context.device,
                        [&](std::size_t done) { context.progress.update(done); });
  context.progress.finish();
  return result;
}

// A label the model does not know is left empty: there is no right answer it could give.
std::string known_label(const ModelFile& model, const std::string& label) {
  const auto& classes = model.classes;
  return std::find(classes.begin(), classes.end(), label) == classes.end() ? "" : label;
}

Predictions predict_mfcc(Context& context, PredictReport& report) {
  const auto& config = context.config;
  const auto options = audio_options(context.model);
  auto clips =
      read_mfcc_stage(config.input, config.channel, static_cast<std::size_t>(options.coefficients),
                      config.workers, context.progress);
  require_same_settings(context.model.input, clips.settings, config.input);
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
  const auto distributions = predict_all(context, dataset);
  Predictions predictions{context.model.classes, {}};
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    const auto role = role_of.find(clips.clips[i]);
    predictions.rows.push_back({clips.clips[i], std::nullopt,
                                role == role_of.end() ? "" : role->second,
                                known_label(context.model, clips.labels[i]), distributions[i]});
  }
  return predictions;
}

Predictions predict_frames(Context& context) {
  const auto& config = context.config;
  const auto options = visual_options(context.model);
  const auto items = frames_of_stage(config.input, config.channel);
  const auto roles = items.roles(context.split);
  const fs::path cache_path =
      config.output.parent_path() / ("." + config.output.filename().string() + ".pictures");
  Predictions predictions{context.model.classes, {}};
  {
    const auto cache = PictureCache::open(cache_path, items.files, options.picture_size,
                                          config.workers, context.progress);
    const PictureDataset dataset([&](std::size_t i) { return cache.picture(i); },
                                 std::vector<std::int64_t>(items.files.size(), -1),
                                 static_cast<std::size_t>(options.picture_size));
    const auto distributions = predict_all(context, dataset);
    for (std::size_t i = 0; i < items.names.size(); ++i) {
      predictions.rows.push_back({items.names[i], std::nullopt, roles[i],
                                  known_label(context.model, items.labels[i]), distributions[i]});
    }
  }
  fs::remove(cache_path);
  return mean_by_clip(predictions, items.clips);
}

void summarise(const PredictConfig& config, const Predictions& predictions, PredictReport& report) {
  report.clips = predictions.rows.size();
  const auto trained = static_cast<std::size_t>(
      std::count_if(predictions.rows.begin(), predictions.rows.end(),
                    [](const Prediction& row) { return row.role == "train"; }));
  report.text = fmt::format("{} clips predicted, {} failed; {}\n", report.clips,
                            report.failed.size(), config.output.string());
  report.text += score_line("all clips", predictions, "", "clips");
  if (trained > 0) {
    report.text += fmt::format("  The model was trained on {} of these clips.\n", trained);
  }
  nlohmann::json failed = nlohmann::json::array();
  for (const StageRemark& remark : report.failed) {
    report.text += fmt::format("  failed: {}: {}\n", remark.source, remark.reason);
    failed.push_back({{"clip", remark.source}, {"reason", remark.reason}});
  }
  report.json = {{"output", config.output.string()},
                 {"clips", report.clips},
                 {"trained_on", trained},
                 {"shortened", report.shortened},
                 {"failed", failed},
                 {"metrics", part_metrics(predictions)}};
}

PredictReport load_and_predict(const PredictConfig& config, Progress& progress) {
  const Runtime runtime =
      start_runtime(config.device, config.threads > 0 ? config.threads : available_cpus());
  const torch::Device device(runtime.device);
  ModelFile model = read_model(config.model, "");
  auto network = load_network(model, config.model.string(), device);
  Context context{config, std::move(model),           std::move(network),
                  device, split_of_run(config.model), progress};
  PredictReport report;
  const Predictions predictions =
      context.model.kind == "audio" ? predict_mfcc(context, report) : predict_frames(context);
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
  return in_one_sentence("predict", [&] { return load_and_predict(config, progress); });
}

}  // namespace aver
