#include "pipeline/fusion_output.h"

#include <fmt/format.h>

#include <cmath>

namespace aver {
namespace {

using nlohmann::json;

constexpr int kMetricsFormat = 1;

// Six decimals: more would differ between machines, and no reader needs them.
double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}
std::string decimals(double value) {
  return fmt::format("{:.6f}", value);
}

json json_of(const Tally& tally) {
  return {{"clips", tally.clips}, {"right", tally.right}, {"share_right", rounded(tally.share())}};
}

json json_of(const SystemResult& system, const std::vector<std::string>& classes) {
  const Scores& scores = system.scores;
  json per_class = json::object();
  json matrix = json::array();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const ClassScores& one = scores.classes[i];
    per_class[classes[i]] = {{"precision", rounded(one.precision)},
                             {"recall", rounded(one.recall)},
                             {"f1", rounded(one.f1)},
                             {"support", one.support}};
    json row = json::array();
    for (std::size_t j = 0; j < classes.size(); ++j) row.push_back(system.matrix.at(i, j));
    matrix.push_back(row);
  }
  return {{"clips", scores.total},
          {"right", scores.correct},
          {"accuracy", rounded(scores.accuracy)},
          {"uar", rounded(scores.uar)},
          {"macro_precision", rounded(scores.macro_precision)},
          {"macro_recall", rounded(scores.macro_recall)},
          {"macro_f1", rounded(scores.macro_f1)},
          {"calibration_error", rounded(system.calibration_error)},
          {"per_class", per_class},
          {"confusion", matrix}};
}

json folds_json(const ScopeResult& scope) {
  json folds = json::array();
  for (const FoldResult& fold : scope.folds) {
    json row = {{"fold", fold.fold}, {"clips", fold.clips}};
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      row[std::string(kSystems[i])] = rounded(fold.accuracy[i]);
    }
    folds.push_back(row);
  }
  return folds;
}

json json_of(const ScopeResult& scope, const std::vector<std::string>& classes) {
  json result = {{"clips", scope.clips},
                 {"agreed", json_of(scope.agreed)},
                 {"fell_back", json_of(scope.fell_back)},
                 {"without_audio", scope.without_audio},
                 {"without_visual", scope.without_visual}};
  for (std::size_t i = 0; i < kSystems.size(); ++i) {
    result["systems"][std::string(kSystems[i])] = json_of(scope.systems[i], classes);
  }
  for (const auto& [by, tally] : scope.decided) {
    result["decided_by"][std::string(name_of(by))] = json_of(tally);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string name(kSystems[i]);
    result["against"][name] = {{"repaired", scope.repaired[i]}, {"broken", scope.broken[i]}};
    result["trained_on"][name] = scope.trained_on[i] ? json(*scope.trained_on[i]) : json();
    result["verdict"][name] = scope.verdicts[i];
  }
  if (!scope.folds.empty()) {
    result["folds"] = folds_json(scope);
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      const MeanOfFolds mean = mean_of_folds(scope.folds, i);
      result["mean_of_folds"][std::string(kSystems[i])] = {
          {"accuracy", rounded(mean.mean)}, {"standard_deviation", rounded(mean.deviation)}};
    }
  }
  return result;
}

// Names only: where a folder lies is no part of a result.
json json_of(const ModalityInput& input) {
  const fs::path shown = input.is_run ? input.table.parent_path() : input.table;
  const fs::path name = shown.filename().empty() ? shown.parent_path().filename()  // "runs/audio/"
                                                 : shown.filename();
  json result = {{"kind", input.is_run ? "run" : "posteriors"},
                 {"name", name.string()},
                 {"clips", input.predictions.rows.size()}};
  if (input.split) {
    result["protocol"] = input.split->protocol;
    result["seed"] = input.split->seed;
  }
  if (input.other_channel > 0) result["other_channel"] = input.other_channel;
  return result;
}

std::string_view name_of(Change change) {
  if (change == Change::none) return "";
  return change == Change::repaired ? "repaired" : "broken";
}

std::vector<std::string> answer_fields(const Prediction* row, std::optional<std::size_t> answer,
                                       const std::vector<std::string>& classes) {
  if (row == nullptr || !answer) return {"", ""};
  return {classes[*answer], decimals(row->probabilities[*answer])};
}

}  // namespace

json json_of(const FusionResults& results) {
  json result = {
      {"tool", "aver-evaluate-fusion"},
      {"format", kMetricsFormat},
      {"rule", aver::name_of(results.rule)},
      {"caption", results.caption},
      {"classes", results.classes},
      {"inputs", {{"audio", json_of(*results.audio)}, {"visual", json_of(*results.visual)}}}};
  for (const ScopeResult& scope : results.scopes) {
    result[scope.key] = json_of(scope, results.classes);
  }
  return result;
}

CsvTable metrics_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"scope", "system",          "clips",        "right",    "accuracy",
                  "uar",   "macro_precision", "macro_recall", "macro_f1", "calibration_error"};
  for (const ScopeResult& scope : results.scopes) {
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      const Scores& scores = scope.systems[i].scores;
      table.rows.push_back({scope.key, std::string(kSystems[i]), std::to_string(scores.total),
                            std::to_string(scores.correct), decimals(scores.accuracy),
                            decimals(scores.uar), decimals(scores.macro_precision),
                            decimals(scores.macro_recall), decimals(scores.macro_f1),
                            decimals(scope.systems[i].calibration_error)});
    }
  }
  return table;
}

CsvTable per_class_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"scope", "system", "class", "support", "predicted", "precision", "recall", "f1"};
  for (const ScopeResult& scope : results.scopes) {
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      for (std::size_t c = 0; c < results.classes.size(); ++c) {
        const ClassScores& one = scope.systems[i].scores.classes[c];
        table.rows.push_back({scope.key, std::string(kSystems[i]), results.classes[c],
                              std::to_string(one.support), std::to_string(one.predicted),
                              decimals(one.precision), decimals(one.recall), decimals(one.f1)});
      }
    }
  }
  return table;
}

CsvTable repaired_broken_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"clip",
                  "label",
                  "fused",
                  "decided_by",
                  "against_audio",
                  "audio",
                  "audio_confidence",
                  "against_visual",
                  "visual",
                  "visual_confidence"};
  for (const FusedClip& clip : results.clips) {
    if (clip.against_audio == Change::none && clip.against_visual == Change::none) continue;
    const auto audio = answer_fields(clip.clip->audio, clip.audio_answer, results.classes);
    const auto visual = answer_fields(clip.clip->visual, clip.visual_answer, results.classes);
    table.rows.push_back({clip.clip->clip, clip.clip->label, results.classes[clip.answer],
                          std::string(aver::name_of(clip.fused.decided_by)),
                          std::string(name_of(clip.against_audio)), audio[0], audio[1],
                          std::string(name_of(clip.against_visual)), visual[0], visual[1]});
  }
  return table;
}

Predictions fused_predictions(const FusionResults& results) {
  Predictions predictions;
  predictions.classes = results.classes;
  for (const FusedClip& clip : results.clips) {
    predictions.rows.push_back({clip.clip->clip, clip.clip->fold, clip.clip->role(),
                                clip.clip->label, clip.fused.probabilities});
  }
  return predictions;
}

}  // namespace aver
