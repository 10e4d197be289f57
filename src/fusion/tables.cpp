#include "fusion/tables.h"

#include <fmt/format.h>

#include <algorithm>

namespace aver {
namespace {

std::string_view name_of(Change change) {
  if (change == Change::none) return "";
  return change == Change::repaired ? "repaired" : "broken";
}

/// What a modality alone answers, and with what probability; empty when it is missing.
std::vector<std::string> answer_fields(const FusedClip& clip, std::size_t modality,
                                       const std::vector<std::string>& classes) {
  const auto& answer = clip.answers[modality];
  if (!answer) return {"", ""};
  return {classes[*answer], decimals(clip.probabilities_of(modality)[*answer])};
}

/// Accuracy's two ends, then those of the mean recall; empty without intervals.
std::vector<std::string> interval_fields(const SystemResult& system) {
  const auto &accuracy = system.accuracy_interval, &uar = system.uar_interval;
  if (!accuracy) return {"", "", "", ""};
  return {decimals(accuracy->low), decimals(accuracy->high), decimals(uar->low),
          decimals(uar->high)};
}

std::vector<std::string> fold_fields(const std::optional<MeanOfFolds>& folds) {
  if (!folds) return {"", ""};
  return {decimals(folds->mean), decimals(folds->deviation)};
}

std::string decided_by(const FusionResults& results, const Fused& fused) {
  return fused.decided_by ? results.systems[*fused.decided_by].key
                          : deciding_together(results.inputs.size());
}

/// A figure of a system; "" when nothing was scored.
std::string shown(const Scores& scores, double figure) {
  return scores.total > 0 ? decimals(figure) : "";
}

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

CsvTable systems_csv(const SystemTable& systems) {
  CsvTable table;
  table.header = {"system",
                  "temperatures",
                  "clips",
                  "right",
                  "accuracy",
                  "accuracy_low",
                  "accuracy_high",
                  "accuracy_mean_of_folds",
                  "accuracy_sd_of_folds",
                  "uar",
                  "uar_low",
                  "uar_high",
                  "uar_mean_of_folds",
                  "uar_sd_of_folds",
                  "calibration_error",
                  "negative_log_likelihood",
                  "area_under_risk_coverage"};
  for (const SystemRow& row : systems.rows) {
    const Scores& scores = row.result.scores;
    const auto intervals = interval_fields(row.result);
    const auto accuracy = fold_fields(row.accuracy_of_folds);
    const auto uar = fold_fields(row.uar_of_folds);
    table.rows.push_back({row.key, yes_or_no(row.scaled), std::to_string(scores.total),
                          std::to_string(scores.correct), shown(scores, scores.accuracy),
                          intervals[0], intervals[1], accuracy[0], accuracy[1],
                          shown(scores, scores.uar), intervals[2], intervals[3], uar[0], uar[1],
                          shown(scores, row.result.calibration_error),
                          shown(scores, row.result.negative_log_likelihood),
                          shown(scores, row.result.area_under_risk_coverage)});
  }
  return table;
}

}  // namespace

CsvTable metrics_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"scope",
                  "system",
                  "clips",
                  "right",
                  "accuracy",
                  "accuracy_low",
                  "accuracy_high",
                  "uar",
                  "uar_low",
                  "uar_high",
                  "macro_precision",
                  "macro_recall",
                  "macro_f1",
                  "calibration_error",
                  "negative_log_likelihood",
                  "area_under_risk_coverage"};
  for (const ScopeResult& scope : results.scopes) {
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      const SystemResult& system = scope.systems[i];
      const Scores& scores = system.scores;
      const auto intervals = interval_fields(system);
      table.rows.push_back({scope.key, results.systems[i].key, std::to_string(scores.total),
                            std::to_string(scores.correct), shown(scores, scores.accuracy),
                            intervals[0], intervals[1], shown(scores, scores.uar), intervals[2],
                            intervals[3], shown(scores, scores.macro_precision),
                            shown(scores, scores.macro_recall), shown(scores, scores.macro_f1),
                            shown(scores, system.calibration_error),
                            shown(scores, system.negative_log_likelihood),
                            shown(scores, system.area_under_risk_coverage)});
    }
  }
  return table;
}

CsvTable per_class_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"scope", "system", "class", "support", "predicted", "precision", "recall", "f1"};
  for (const ScopeResult& scope : results.scopes) {
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      for (std::size_t c = 0; c < results.classes.size(); ++c) {
        const ClassScores& one = scope.systems[i].scores.classes[c];
        table.rows.push_back({scope.key, results.systems[i].key, results.classes[c],
                              std::to_string(one.support), std::to_string(one.predicted),
                              decimals(one.precision), decimals(one.recall), decimals(one.f1)});
      }
    }
  }
  return table;
}

CsvTable rules_csv(const FusionResults& results) {
  return systems_csv(results.rules);
}

CsvTable combinations_csv(const FusionResults& results) {
  return systems_csv(results.combinations);
}

CsvTable comparisons_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"one",
                  "one_temperatures",
                  "other",
                  "other_temperatures",
                  "clips",
                  "only_one_right",
                  "only_other_right",
                  "mcnemar_p",
                  "accuracy_difference",
                  "accuracy_low",
                  "accuracy_high",
                  "accuracy_p",
                  "uar_difference",
                  "uar_low",
                  "uar_high",
                  "uar_p"};
  for (const SystemPair& pair : results.rules.pairs) {
    const SystemRow &one = results.rules.rows[pair.one], &other = results.rules.rows[pair.other];
    std::vector<std::string> row = {one.key,
                                    yes_or_no(one.scaled),
                                    other.key,
                                    yes_or_no(other.scaled),
                                    std::to_string(results.rules.pair_clips),
                                    std::to_string(pair.only_one),
                                    std::to_string(pair.only_other),
                                    fmt::format("{:.6g}", pair.mcnemar_p)};
    for (const auto& [value, difference] : {std::pair(pair.accuracy, pair.accuracy_difference),
                                            std::pair(pair.uar, pair.uar_difference)}) {
      row.push_back(decimals(value));
      row.push_back(difference ? decimals(difference->interval.low) : "");
      row.push_back(difference ? decimals(difference->interval.high) : "");
      row.push_back(difference ? decimals(difference->p) : "");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable groups_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"group", "value", "system", "clips", "right", "accuracy", "uar", "macro_f1"};
  for (const GroupRow& row : results.groups) {
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      const Scores& scores = row.systems[i].scores;
      table.rows.push_back({row.kind, row.value, results.systems[i].key,
                            std::to_string(scores.total), std::to_string(scores.correct),
                            shown(scores, scores.accuracy), shown(scores, scores.uar),
                            shown(scores, scores.macro_f1)});
    }
  }
  return table;
}

CsvTable reliability_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"system", "low", "high", "clips", "mean_confidence", "accuracy"};
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    for (const CalibrationBin& bin : calibration_bins(results.scope().systems[i].answers)) {
      table.rows.push_back({results.systems[i].key, decimals(bin.low), decimals(bin.high),
                            std::to_string(bin.count), decimals(bin.mean_confidence),
                            decimals(bin.accuracy)});
    }
  }
  return table;
}

CsvTable risk_coverage_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"system", "coverage", "clips", "risk"};
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    const auto risk = selective_risk(results.scope().systems[i].answers);
    if (risk.empty()) continue;
    for (std::size_t percent = 1; percent <= 100; ++percent) {
      const std::size_t covered = std::max<std::size_t>(1, risk.size() * percent / 100);
      table.rows.push_back({results.systems[i].key,
                            fmt::format("{:.2f}", 0.01 * static_cast<double>(percent)),
                            std::to_string(covered), decimals(risk[covered - 1])});
    }
  }
  return table;
}

CsvTable conformal_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"clip", "label", "answer",      "confidence", "threshold",
                  "size", "sure",  "holds_label", "set"};
  for (const ClipSet& set : results.sets.value().clips) {
    std::vector<std::string> names;
    for (const std::size_t k : set.classes) names.push_back(results.classes[k]);
    const FusedClip& clip = *set.clip;
    table.rows.push_back({clip.clip->clip, clip.clip->label, results.classes[clip.answer],
                          decimals(clip.fused.probabilities[clip.answer]), decimals(set.threshold),
                          std::to_string(set.classes.size()), yes_or_no(set.sure()),
                          yes_or_no(set.holds_truth()), fmt::format("{}", fmt::join(names, "|"))});
  }
  return table;
}

CsvTable repaired_broken_csv(const FusionResults& results) {
  CsvTable table;
  table.header = {"clip", "label", "fused", "decided_by"};
  for (const ModalityInput& input : results.inputs) {
    for (const char* format : {"against_{}", "{}", "{}_confidence"}) {
      table.header.push_back(fmt::format(fmt::runtime(format), input.name));
    }
  }
  for (const FusedClip& clip : results.clips) {
    if (std::all_of(clip.against.begin(), clip.against.end(),
                    [](Change change) { return change == Change::none; })) {
      continue;
    }
    std::vector<std::string> row = {clip.clip->clip, clip.clip->label, results.classes[clip.answer],
                                    decided_by(results, clip.fused)};
    for (std::size_t m = 0; m < results.inputs.size(); ++m) {
      row.emplace_back(name_of(clip.against[m]));
      for (auto& field : answer_fields(clip, m, results.classes)) row.push_back(std::move(field));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace aver
