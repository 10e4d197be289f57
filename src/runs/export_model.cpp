#include "runs/export_model.h"

#include "base/durable_file.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "runs/chosen_model.h"
#include "runs/model_card.h"
#include "runs/model_file.h"
#include "runs/run_folder.h"
#include "runs/tested_rows.h"
#include "store/cleared_folder.h"
#include "store/half_floats.h"
#include "store/settings.h"

namespace aver {
namespace {

constexpr const char* kModel = "model.safetensors";
constexpr const char* kCard = "README.md";

/// What an interrupted export left is the same, and is written once more.
void refuse_other(const fs::path& path, const std::string& content, bool force) {
  if (!force && fs::exists(path) && read_file(path) != content) {
    throw UsageError("{} is there already, and is another: --force replaces it", path.string());
  }
}

/// Figures of other settings say nothing of this model.
void require_same_training(const fs::path& run, const fs::path& tested) {
  const auto own = read_run_metrics(run);
  if (!read_test_rows({run}).units.empty()) {
    throw UsageError(
        "--tested is for a model that all clips trained, and {} has a test part of its own",
        run.string());
  }
  const RunConfig one = read_run_config(run), other = read_run_config(tested);
  const auto metrics = read_run_metrics(tested);
  if (one.tool != other.tool ||
      own.value("classes", nlohmann::json()) != metrics.value("classes", nlohmann::json())) {
    throw UsageError("--tested {} is of another trainer or other classes than {}", tested.string(),
                     run.string());
  }
  // Where they lie, how fast they were made, and what of it is tested, may differ.
  const auto settings = [](const RunConfig& config) {
    nlohmann::json kept;
    for (const auto& [key, value] : config.settings.items()) {
      if (!is_place(key) && !is_of_speed(key) && key != "folds") kept[key] = value;
    }
    return kept;
  };
  const auto differences = differing_settings(settings(one), settings(other));
  if (!differences.empty()) {
    throw UsageError("--tested {} was trained with another {} than {}", tested.string(),
                     differences.front().key, run.string());
  }
}

/// Norms, biases and statistics are few, and stay as they are.
void halve(ModelFile& model) {
  for (auto& [name, tensor] : model.weights) {
    if (tensor.dtype == "F32" && tensor.shape.size() > 1) tensor = as_f16(tensor);
  }
}

}  // namespace

void ExportConfig::describe(Options& options) {
  options.heading("Model");
  options.control("RUN", run, "Folder of a finished training run with a model of its own")
      .positional()
      .required();
  options.control("output", output, "Folder that gets model.safetensors and README.md").required();
  options
      .control("weights", weights,
               "fp32, or fp16: half the bytes, each weight to three decimals of its own size")
      .one_of({"fp32", "fp16"});
  options.control("tested", tested,
                  "Of a model that all clips trained: the run of the same settings whose test part "
                  "says how well it does");
  options.control("force", force, "Replace what is there");
}

ExportReport run_export(const ExportConfig& config) {
  Options::of(config).require_valid();
  if (is_run_folder(config.output)) {
    throw UsageError("--output {} is the folder of a run: give another", config.output.string());
  }
  ModelFile model = read_chosen_model(config.run, "");
  const fs::path run = run_of_model(config.run);
  if (run.empty()) {
    throw UsageError("{} is not the folder of a training run, which tells how it was trained",
                     config.run.string());
  }
  if (!config.tested.empty()) require_same_training(run, config.tested);
  const std::string card = model_card({run, read_run_metrics(run), run / kModel, config.tested});
  if (config.weights == "fp16") halve(model);
  const std::string weights = model_bytes(model, config.output / kModel);
  refuse_other(config.output / kModel, weights, config.force);
  refuse_other(config.output / kCard, card, config.force);
  const FolderLock lock = turn_to_write(config.output / kModel);
  remove_temporaries_of(config.output / kCard);
  write_file_durably(config.output / kModel, weights);
  write_file_durably(config.output / kCard, card);
  const auto bytes = weights.size();
  ExportReport report;
  report.metrics = {{"output", config.output.string()}, {"bytes", bytes}, {"kind", model.kind}};
  report.text = fmt::format("{} model in {}, {:.1f} MB, with its card README.md\n", model.kind,
                            config.output.string(), static_cast<double>(bytes) / 1e6);
  return report;
}

}  // namespace aver
