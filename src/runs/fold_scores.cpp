#include "runs/fold_scores.h"

#include <fmt/format.h>

#include "corpus/corpus.h"
#include "eval/folds.h"
#include "report/tables.h"
#include "runs/outcome.h"

namespace aver {
namespace {

UnitScores score_table(const std::string& unit, const fs::path& table) {
  UnitScores result{unit, read_predictions(table, clips_of_folder(table.parent_path())), {}};
  result.scores = score(confusion_of(result.predictions, Role::test));
  return result;
}

// The mean of one score of one unit over the folds that have items of it.
std::optional<MeanOfFolds> mean_over(const std::vector<FoldScores>& folds, std::size_t unit,
                                     double Scores::*which) {
  std::vector<double> figures;
  for (const FoldScores& fold : folds) {
    if (const auto value = figure(fold.units[unit].scores, which)) figures.push_back(*value);
  }
  return mean_of_folds(figures);
}

std::string with_deviation(const std::optional<MeanOfFolds>& folds) {
  if (!folds) return "–";
  return fmt::format("{:.2f} ± {:.2f} %", 100 * folds->mean, 100 * folds->deviation);
}

std::vector<std::string> score_row(const std::string& name, const FoldScores& fold) {
  std::vector<std::string> row = {name};
  for (const UnitScores& unit : fold.units) {
    row.push_back(std::to_string(unit.scores.total));
    row.push_back(percent(figure(unit.scores, &Scores::accuracy)));
    row.push_back(percent(figure(unit.scores, &Scores::uar)));
  }
  return row;
}

}  // namespace

FoldScores score_fold(const fs::path& run, int fold, const nlohmann::json& metrics) {
  FoldScores result{fold, {}};
  result.units.push_back(
      score_table(metrics.contains("pictures") ? "pictures" : "clips", run / "predictions.csv"));
  if (metrics.contains("frames")) {
    result.units.push_back(score_table("frames", run / "frame_predictions.csv"));
  }
  return result;
}

nlohmann::json folds_json(const std::vector<FoldScores>& folds) {
  nlohmann::json result = nlohmann::json::array();
  for (const FoldScores& fold : folds) {
    nlohmann::json row = {{"fold", fold.fold}};
    for (const UnitScores& unit : fold.units) {
      nlohmann::json& entry = row[unit.unit] = {{"items", unit.scores.total}};
      if (unit.scores.total == 0) continue;
      entry["accuracy"] = unit.scores.accuracy;
      entry["uar"] = unit.scores.uar;
    }
    result.push_back(row);
  }
  return result;
}

nlohmann::json mean_json(const std::vector<FoldScores>& folds) {
  nlohmann::json result = nlohmann::json::object();
  for (std::size_t unit = 0; unit < folds.front().units.size(); ++unit) {
    const auto accuracy = mean_over(folds, unit, &Scores::accuracy);
    const auto uar = mean_over(folds, unit, &Scores::uar);
    if (!accuracy) continue;
    result[folds.front().units[unit].unit] = {{"accuracy", accuracy->mean},
                                              {"accuracy_deviation", accuracy->deviation},
                                              {"uar", uar->mean},
                                              {"uar_deviation", uar->deviation}};
  }
  return result;
}

std::string fold_table(const std::vector<FoldScores>& folds, const FoldScores* pooled) {
  TextTable table;
  table.header = {"fold"};
  for (const UnitScores& unit : folds.front().units) {
    table.header.insert(table.header.end(), {unit.unit, "accuracy", "UAR"});
  }
  for (const FoldScores& fold : folds) {
    table.rows.push_back(score_row(std::to_string(fold.fold), fold));
  }
  if (folds.size() > 1) {
    table.rows.push_back({"mean ± sd"});
    for (std::size_t unit = 0; unit < folds.front().units.size(); ++unit) {
      table.rows.back().insert(table.rows.back().end(),
                               {"", with_deviation(mean_over(folds, unit, &Scores::accuracy)),
                                with_deviation(mean_over(folds, unit, &Scores::uar))});
    }
  }
  if (pooled != nullptr) table.rows.push_back(score_row("pooled", *pooled));
  return format_table(table);
}

}  // namespace aver
