#include "training_setup.h"

#include <map>

#include "aver/base/error.h"
#include "aver/base/text.h"
#include "outcome.h"

namespace aver {

void add_common_settings(nlohmann::ordered_json& settings, const TrainingConfig& config) {
  settings["split"] = config.split.string();
  settings["folds"] = config.fold;
  settings["epochs"] = config.epochs;
  settings["batch-size"] = config.batch_size;
  settings["learning-rate"] = config.learning_rate;
  settings["seed"] = config.seed;
  settings["select"] = config.select;
  settings["device"] = config.device;
  settings["precision"] = config.precision;
  settings["threads"] = config.threads;
}

nlohmann::ordered_json identity_of(const nlohmann::ordered_json& settings,
                                   const std::string& fingerprint) {
  nlohmann::ordered_json identity = settings;
  for (const char* key :
       {"input", "images", "picture-cache", "split", "epochs", "select", "device", "threads"}) {
    identity.erase(key);
  }
  identity["data and split"] = fingerprint;
  return identity;
}

nlohmann::json training_record(const TrainingConfig& config, const Split& split, int fold) {
  return {{"seed", config.seed},
          {"protocol", split.protocol},
          {"fold", fold},
          {"select", config.select}};
}

RunSplit choose_split(const TrainingConfig& config, Split made,
                      const std::vector<SplitItem>& items) {
  const Split split = config.split.empty() ? std::move(made) : read_split(config.split);
  RunSplit chosen;
  chosen.fold = choose_fold(split, config.fold, config.split);
  chosen.split = fold_of(split, chosen.fold);
  chosen.verdict = audit_split(chosen.split, items);
  return chosen;
}

Parts parts_of(const std::vector<std::string>& roles, const std::string& unit) {
  Parts parts;
  std::vector<std::size_t> test;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i] == "train") parts.train.push_back(i);
    if (roles[i] == "validation") parts.validation.push_back(i);
    if (roles[i] == "test") test.push_back(i);
  }
  if (parts.validation.empty()) {
    parts.validation = test;
    parts.validates_on_test = true;
  }
  if (parts.train.empty() || parts.validation.empty()) {
    throw Error(
        "The split gives {} {} of this input to training and {} to validation or test: it was made "
        "for other clips; make one with aver-split",
        parts.train.size(), unit, parts.validation.size());
  }
  return parts;
}

std::vector<std::int64_t> indices_of(const std::vector<std::string>& labels,
                                     const std::vector<std::string>& classes) {
  std::map<std::string, std::int64_t> index;
  for (const std::string& name : classes) {
    index.emplace(name, static_cast<std::int64_t>(index.size()));
  }
  std::vector<std::int64_t> indices;
  for (const std::string& label : labels) indices.push_back(index.at(label));
  return indices;
}

RunLog start_run(const TrainingConfig& config, const std::string& tool,
                 const nlohmann::ordered_json& settings, const Split& split,
                 const Runtime& runtime) {
  open_run_folder(config.output, config.force);
  write_run_config(config.output, tool, settings);
  write_split(config.output / "split.csv", split);
  RunLog log(config.output);
  log.info(runtime.description());
  if (runtime.slow_blas) {
    log.warn(
        "LibTorch uses the reference BLAS, with which the audio network trains 4-5 times "
        "slower: install libopenblas0-openmp");
  }
  return log;
}

TrainingReport interrupted_report(const TrainingConfig& config, std::size_t epochs_done) {
  TrainingReport report;
  report.interrupted = true;
  report.epochs_done = static_cast<int>(epochs_done);
  report.text = fmt::format("Interrupted after epoch {} of {}; continue with --resume\n",
                            epochs_done, config.epochs);
  return report;
}

void finish_run(const TrainingConfig& config, const TrainingReport& report, RunLog& log) {
  for (const std::string& line : split_text(trim(report.text), '\n')) log.note(line);
  write_file(config.output / "metrics.json", report.metrics.dump(2) + "\n");
}

}  // namespace aver
