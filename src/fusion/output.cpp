#include "fusion/output.h"

#include <fmt/format.h>

#include <cmath>

namespace aver {
namespace {

using nlohmann::json;

constexpr int kMetricsFormat = 1;

json json_of(const Interval& interval) {
  return {rounded(interval.low), rounded(interval.high)};
}

json json_of(const Tally& tally) {
  return {{"clips", tally.clips}, {"right", tally.right}, {"share_right", rounded(tally.share())}};
}

/// What every system has, in the scopes and in the table of rules.
json figures_json(const SystemResult& system) {
  const Scores& scores = system.scores;
  json result = {{"clips", scores.total},
                 {"right", scores.correct},
                 {"accuracy", rounded(scores.accuracy)},
                 {"uar", rounded(scores.uar)},
                 {"macro_f1", rounded(scores.macro_f1)},
                 {"calibration_error", rounded(system.calibration_error)},
                 {"negative_log_likelihood", rounded(system.negative_log_likelihood)},
                 {"area_under_risk_coverage", rounded(system.area_under_risk_coverage)}};
  if (system.accuracy_interval) {
    result["accuracy_interval"] = json_of(*system.accuracy_interval);
    result["uar_interval"] = json_of(*system.uar_interval);
  }
  return result;
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
  json result = figures_json(system);
  result["macro_precision"] = rounded(scores.macro_precision);
  result["macro_recall"] = rounded(scores.macro_recall);
  result["per_class"] = per_class;
  result["confusion"] = matrix;
  return result;
}

json json_of(const RuleRow& row) {
  json result = figures_json(row.result);
  result["system"] = row.key;
  result["temperatures"] = row.scaled;
  if (row.accuracy_of_folds) {
    result["mean_of_folds"] = {{"accuracy", rounded(row.accuracy_of_folds->mean)},
                               {"standard_deviation", rounded(row.accuracy_of_folds->deviation)},
                               {"uar", rounded(row.uar_of_folds->mean)},
                               {"uar_standard_deviation", rounded(row.uar_of_folds->deviation)}};
  }
  return result;
}

json json_of(const RuleTable& table) {
  json rows = json::array(), pairs = json::array();
  const auto reference = [&](std::size_t row) {
    return json{{"system", table.rows[row].key}, {"temperatures", table.rows[row].scaled}};
  };
  for (const RuleRow& row : table.rows) rows.push_back(json_of(row));
  for (const RulePair& pair : table.pairs) {
    json entry = {{"one", reference(pair.one)},
                  {"other", reference(pair.other)},
                  {"only_one_right", pair.only_one},
                  {"only_other_right", pair.only_other},
                  {"mcnemar_p", significant(pair.mcnemar_p)},
                  {"accuracy_difference", rounded(pair.accuracy)},
                  {"uar_difference", rounded(pair.uar)}};
    if (pair.accuracy_difference) {
      entry["accuracy_interval"] = json_of(pair.accuracy_difference->interval);
      entry["accuracy_p"] = rounded(pair.accuracy_difference->p);
      entry["uar_interval"] = json_of(pair.uar_difference->interval);
      entry["uar_p"] = rounded(pair.uar_difference->p);
    }
    pairs.push_back(entry);
  }
  return {{"scope", table.scope},
          {"clips", table.clips},
          {"systems", rows},
          {"clips_compared", table.pair_clips},
          {"pairs", pairs}};
}

json json_of(const FusionFits& fits) {
  json list = json::array();
  for (std::size_t i = 0; i < fits.fits.size(); ++i) {
    const FusionFit& fit = fits.fits[i];
    list.push_back({{"fitted_on", fits.fitted_on[i]},
                    {"audio_temperature", rounded(fit.audio_temperature)},
                    {"visual_temperature", rounded(fit.visual_temperature)},
                    {"audio_weight", rounded(fit.plain.audio_weight)},
                    {"audio_weight_with_temperatures", rounded(fit.scaled.audio_weight)}});
  }
  return {{"note", fits.note}, {"fits", list}};
}

json groups_json(const FusionResults& results) {
  json kinds = json::object();
  for (const GroupRow& row : results.groups) {
    json& group = kinds[row.kind][row.value];
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      const Scores& scores = row.systems[i].scores;
      group[std::string(kSystems[i])] = {{"clips", scores.total},
                                         {"right", scores.correct},
                                         {"accuracy", rounded(scores.accuracy)},
                                         {"uar", rounded(scores.uar)}};
    }
  }
  return kinds;
}

json folds_json(const ScopeResult& scope) {
  json folds = json::array();
  for (const FoldResult& fold : scope.folds) {
    json row = {{"fold", fold.fold}, {"clips", fold.clips}};
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      row[std::string(kSystems[i])] = rounded(fold.accuracy[i]);
      row[std::string(kSystems[i]) + "_uar"] = rounded(fold.uar[i]);
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
    result["verdict"][name] = scope.verdicts[i].sentence();
  }
  if (!scope.folds.empty()) {
    result["folds"] = folds_json(scope);
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      const auto mean = mean_of_folds(by_fold(scope.folds, i, &FoldResult::accuracy));
      const auto uar = mean_of_folds(by_fold(scope.folds, i, &FoldResult::uar));
      result["mean_of_folds"][std::string(kSystems[i])] = {
          {"accuracy", rounded(mean.mean)},
          {"standard_deviation", rounded(mean.deviation)},
          {"uar", rounded(uar.mean)},
          {"uar_standard_deviation", rounded(uar.deviation)}};
    }
  }
  return result;
}

json json_of(const ModalityInput& input) {
  json result = {{"kind", input.is_run ? "run" : "posteriors"},
                 {"name", shown_name(input)},
                 {"clips", input.predictions.rows.size()}};
  if (input.split) {
    result["protocol"] = input.split->protocol;
    result["seed"] = input.split->seed;
  }
  if (input.other_channel > 0) result["other_channel"] = input.other_channel;
  return result;
}

}  // namespace

std::string shown_name(const ModalityInput& input) {
  const fs::path shown = input.is_run ? input.table.parent_path() : input.table;
  return shown.filename().empty() ? shown.parent_path().filename().string()  // "runs/audio/"
                                  : shown.filename().string();
}

double rounded(double value) {
  if (std::isnan(value)) return value;  // JSON's null
  return std::round(value * 1e6) / 1e6;
}

double significant(double value) {
  return std::stod(fmt::format("{:.6g}", value));
}

std::string decimals(double value) {
  return fmt::format("{:.6f}", value);
}

json json_of(const FusionResults& results) {
  json result = {
      {"tool", "aver-evaluate-fusion"},
      {"format", kMetricsFormat},
      {"rule", aver::name_of(results.choice.rule)},
      {"temperatures", results.choice.scaled},
      {"caption", results.caption},
      {"classes", results.classes},
      {"inputs", {{"audio", json_of(*results.audio)}, {"visual", json_of(*results.visual)}}}};
  for (const ScopeResult& scope : results.scopes) {
    result[scope.key] = json_of(scope, results.classes);
  }
  result["fitted"] = json_of(results.fits);
  result["rules"] = json_of(results.rules);
  result["groups"] = groups_json(results);
  if (results.bootstrap.draws > 0) {
    result["bootstrap"] = {{"draws", results.bootstrap.draws},
                           {"seed", results.bootstrap.seed},
                           {"over", results.rules.bootstrap}};
  }
  return result;
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
