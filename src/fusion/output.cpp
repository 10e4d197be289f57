#include "fusion/output.h"

#include <fmt/format.h>

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

/// A figure that does not exist is left out: null is no number, and 0 would be a wrong one.
void put(json& object, const std::string& key, const std::optional<double>& figure) {
  if (figure) object[key] = rounded(*figure);
}

json json_of(const MeanOfFolds& accuracy, const MeanOfFolds& uar, std::size_t all_folds) {
  json result = {{"accuracy", rounded(accuracy.mean)},
                 {"standard_deviation", rounded(accuracy.deviation)},
                 {"uar", rounded(uar.mean)},
                 {"uar_standard_deviation", rounded(uar.deviation)}};
  if (accuracy.folds < all_folds) result["folds"] = accuracy.folds;
  return result;
}

/// What every system has, in the scopes and in the table of rules.
json scores_json(const SystemResult& system) {
  const Scores& scores = system.scores;
  json result = {{"clips", scores.total}, {"right", scores.correct}};
  if (scores.total == 0) return result;
  result["accuracy"] = rounded(scores.accuracy);
  result["uar"] = rounded(scores.uar);
  result["macro_f1"] = rounded(scores.macro_f1);
  result["calibration_error"] = rounded(system.calibration_error);
  result["negative_log_likelihood"] = rounded(system.negative_log_likelihood);
  result["area_under_risk_coverage"] = rounded(system.area_under_risk_coverage);
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
  json result = scores_json(system);
  put(result, "macro_precision", figure(scores, &Scores::macro_precision));
  put(result, "macro_recall", figure(scores, &Scores::macro_recall));
  result["per_class"] = per_class;
  result["confusion"] = matrix;
  return result;
}

json json_of(const SystemRow& row) {
  json result = scores_json(row.result);
  result["system"] = row.key;
  result["temperatures"] = row.scaled;
  if (row.accuracy_of_folds) {
    result["mean_of_folds"] = json_of(*row.accuracy_of_folds, *row.uar_of_folds, row.folds);
  }
  return result;
}

json json_of(const SystemTable& table) {
  json rows = json::array(), pairs = json::array();
  const auto reference = [&](std::size_t row) {
    return json{{"system", table.rows[row].key}, {"temperatures", table.rows[row].scaled}};
  };
  for (const SystemRow& row : table.rows) rows.push_back(json_of(row));
  for (const SystemPair& pair : table.pairs) {
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

json json_of(const FusionFits& fits, const std::vector<std::string>& modalities) {
  json list = json::array();
  for (std::size_t i = 0; i < fits.of_all().size(); ++i) {
    const FusionFit& fit = fits.of_all()[i];
    json entry = {{"fitted_on", fits.fitted_on[i]}};
    for (std::size_t m = 0; m < modalities.size(); ++m) {
      entry[modalities[m] + "_temperature"] = rounded(fit.temperatures[m]);
    }
    const auto weights = shown_weights(fit);
    for (std::size_t m = 0; m < weights.size(); ++m) {
      entry[modalities[m] + "_weight"] = rounded(weights[m].plain);
      entry[modalities[m] + "_weight_with_temperatures"] = rounded(weights[m].scaled);
    }
    const ProductShown products = shown_products(fit);
    for (std::size_t m = 0; m < modalities.size(); ++m) {
      entry[modalities[m] + "_product_temperature"] = rounded(products.temperatures[m]);
      entry[modalities[m] + "_exponent"] = rounded(products.exponents[m]);
    }
    entry["product_temperature"] = rounded(products.temperatures.back());
    list.push_back(entry);
  }
  return {{"note", fits.note}, {"fits", list}};
}

json groups_json(const FusionResults& results) {
  json kinds = json::object();
  for (const GroupRow& row : results.groups) {
    json& group = kinds[row.kind][row.value];
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      const Scores& scores = row.systems[i].scores;
      json& entry =
          group[results.systems[i].key] = {{"clips", scores.total}, {"right", scores.correct}};
      put(entry, "accuracy", figure(scores, &Scores::accuracy));
      put(entry, "uar", figure(scores, &Scores::uar));
    }
  }
  return kinds;
}

json folds_json(const ScopeResult& scope, const std::vector<SystemName>& systems) {
  json folds = json::array();
  for (const FoldResult& fold : scope.folds) {
    json row = {{"fold", fold.fold}, {"clips", fold.clips}};
    for (std::size_t i = 0; i < systems.size(); ++i) {
      put(row, systems[i].key, fold.accuracy[i]);
      put(row, systems[i].key + "_uar", fold.uar[i]);
    }
    folds.push_back(row);
  }
  return folds;
}

json json_of(const ScopeResult& scope, const FusionResults& results) {
  const auto& systems = results.systems;
  const std::size_t modalities = results.inputs.size();
  json result = {{"clips", scope.clips},
                 {"agreed", json_of(scope.agreed)},
                 {"fell_back", json_of(scope.fell_back)}};
  for (std::size_t i = 0; i < systems.size(); ++i) {
    result["systems"][systems[i].key] = json_of(scope.systems[i], results.classes);
  }
  for (const auto& [by, tally] : scope.decided) {
    result["decided_by"][by ? systems[*by].key : deciding_together(modalities)] = json_of(tally);
  }
  for (std::size_t m = 0; m < modalities; ++m) {
    const std::string& name = systems[m].key;
    result["without_" + name] = scope.without[m];
    result["against"][name] = {{"repaired", scope.repaired[m]}, {"broken", scope.broken[m]}};
    result["trained_on"][name] = scope.trained_on[m] ? json(*scope.trained_on[m]) : json();
    result["verdict"][name] = scope.verdicts[m].sentence();
  }
  for (std::size_t i = 0; i < systems.size(); ++i) {
    if (scope.known_counts[i].empty()) continue;
    result["class_counts_known"][systems[i].key] = scope.known_counts[i];
  }
  if (scope.folds.empty()) return result;
  result["folds"] = folds_json(scope, systems);
  for (std::size_t i = 0; i < systems.size(); ++i) {
    const auto accuracy = mean_of_folds(scope.folds, i, &FoldResult::accuracy);
    const auto uar = mean_of_folds(scope.folds, i, &FoldResult::uar);
    if (!accuracy) continue;
    result["mean_of_folds"][systems[i].key] = json_of(*accuracy, *uar, scope.folds.size());
  }
  return result;
}

json json_of(const PredictionSets& sets) {
  json result = {{"alpha", rounded(sets.alpha)},
                 {"threshold", rounded(sets.threshold)},
                 {"left_out", sets.left_out},
                 {"clips", sets.clips.size()},
                 {"sure", sets.sure}};
  const auto put_figure = [&](const std::string& key, const SetFigure& figure) {
    result[key] = rounded(figure.value);
    if (figure.interval) result[key + "_interval"] = json_of(*figure.interval);
  };
  put_figure("coverage", sets.coverage);
  put_figure("mean_set_size", sets.mean_size);
  put_figure("not_sure", sets.not_sure);
  if (sets.sure > 0) put_figure("right_when_sure", sets.right_when_sure);
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
  if (!input.uses.empty()) result["uses"] = input.uses;
  return result;
}

}  // namespace

std::string shown_name(const ModalityInput& input) {
  const fs::path shown = input.is_run ? input.table.parent_path() : input.table;
  return shown.filename().empty() ? shown.parent_path().filename().string()  // "runs/audio/"
                                  : shown.filename().string();
}

std::vector<std::string> FusionResults::modalities() const {
  std::vector<std::string> names;
  for (const ModalityInput& input : inputs) names.push_back(input.name);
  return names;
}

std::vector<WeightShown> shown_weights(const FusionFit& fit) {
  const FusionRule& rule = fusion_rule("weighted");
  const auto &plain = fit.ready(rule, false).weights, &scaled = fit.ready(rule, true).weights;
  std::vector<WeightShown> shown;
  for (std::size_t m = 0; m < plain.size(); ++m) shown.push_back({plain[m], scaled[m]});
  if (shown.size() == 2) shown.pop_back();
  return shown;
}

ProductShown shown_products(const FusionFit& fit) {
  return {fit.ready(fusion_rule("calibrated-product"), false).parameters,
          fit.ready(fusion_rule("log-linear"), false).parameters};
}

json json_of(const FusionResults& results) {
  json result = {{"tool", "aver-evaluate-fusion"},    {"format", kMetricsFormat},
                 {"rule", results.choice.rule->name}, {"temperatures", results.choice.scaled},
                 {"caption", results.caption},        {"classes", results.classes}};
  for (const ModalityInput& input : results.inputs) result["inputs"][input.name] = json_of(input);
  for (const ScopeResult& scope : results.scopes) result[scope.key] = json_of(scope, results);
  result["fitted"] = json_of(results.fits, results.modalities());
  result["rules"] = json_of(results.rules);
  if (!results.combinations.rows.empty()) result["combinations"] = json_of(results.combinations);
  result["groups"] = groups_json(results);
  if (results.sets) result["conformal"] = json_of(*results.sets);
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
  std::vector<std::string> uses;
  for (const ModalityInput& input : results.inputs) uses.push_back(input.uses);
  predictions.uses = joined_uses(uses);
  return predictions;
}

}  // namespace aver
