#include "fusion/evaluation_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "fusion/text.h"
#include "report/tables.h"
#include "report/words.h"

namespace aver {
namespace {

using nlohmann::json;

std::vector<AccuracyRow> rows_of(const Evaluation& evaluation) {
  std::vector<AccuracyRow> rows;
  for (const auto& system : evaluation.systems)
    rows.push_back(accuracy_row(system.name, system.result));
  return rows;
}

std::string folds_text(const Evaluation& evaluation) {
  std::string text;
  for (const EvaluatedSystem& system : evaluation.systems) {
    if (!system.accuracy_of_folds) continue;
    const auto shown = [](const MeanOfFolds& folds) {
      return fmt::format("{:.2f} ± {:.2f} %", 100 * folds.mean, 100 * folds.deviation);
    };
    text += fmt::format("  {}: mean ± sd of {} folds: accuracy {}, UAR {}\n", system.name,
                        system.accuracy_of_folds->folds, shown(*system.accuracy_of_folds),
                        shown(*system.uar_of_folds));
  }
  return text;
}

std::string verdicts_text(const Evaluation& evaluation) {
  std::string text;
  for (const EvaluatedSystem& system : evaluation.systems) {
    text += fmt::format("  {}: {}\n", system.name, remarks_on(system));
  }
  return text;
}

std::string pairs_text(const Evaluation& evaluation) {
  if (evaluation.pairs.empty()) return "";
  TextTable table;
  table.left_columns = 2;
  table.header = {"", "against", "clips", "UAR", "95 %", "p", "Holm", "McNemar p", "Holm"};
  for (const ComparedPair& compared : evaluation.pairs) {
    const SystemPair& pair = compared.pair;
    const auto& difference = pair.uar_difference;
    const auto number = [](const std::optional<double>& value) {
      return value ? fmt::format("{:.4f}", *value) : "-";
    };
    table.rows.push_back({evaluation.systems[pair.one].name, evaluation.systems[pair.other].name,
                          fmt::format("{}", compared.clips),
                          fmt::format("{:+.2f} points", 100 * pair.uar),
                          points_interval(difference),
                          number(difference ? std::optional(difference->p) : std::nullopt),
                          number(compared.uar_holm), fmt::format("{:.2g}", pair.mcnemar_p),
                          fmt::format("{:.2g}", compared.mcnemar_holm)});
  }
  return "\nEach two, on the clips that test both\n\n" + format_table(table) +
         "  p: paired bootstrap of UAR; McNemar: exact, of right and wrong answers; Holm: after "
         "correction\n  for the number of pairs.\n";
}

std::string groups_text(const Evaluation& evaluation) {
  std::string text;
  for (const ColumnGroups& groups : evaluation.groups) {
    std::vector<AccuracyRow> rows;
    for (const auto& [value, result] : groups.values) rows.push_back(accuracy_row(value, result));
    text += fmt::format("\n{} by {}\n\n", evaluation.systems[groups.system].name, groups.column) +
            accuracy_table(rows) + "  " + gap_words(groups) + "\n";
    if (groups.unknown > 0) {
      text += fmt::format("  Of {} clips the {} is not known.\n", groups.unknown, groups.column);
    }
  }
  return text;
}

std::string cross_text(const Evaluation& evaluation, const CrossTable& table) {
  std::string text = fmt::format("\n{}: UAR from each {} to each\n\n", table.name, table.column);
  TextTable shown;
  shown.header = {"trained on"};
  for (const std::string& value : table.values) {
    shown.header.push_back(value);
    if (evaluation.bootstrap.draws > 0) shown.header.emplace_back("95 %");
  }
  for (const auto& training : table.training_sets()) {
    std::vector<std::string> row = {table.words_of(training)};
    for (const std::string& value : table.values) {
      const CrossCell* cell = table.find(training, value);
      row.push_back(cell == nullptr ? "-" : percent(cell->result.scores.uar));
      if (evaluation.bootstrap.draws > 0) {
        row.push_back(cell == nullptr ? "" : interval_text(cell->result.uar_interval));
      }
    }
    shown.rows.push_back(std::move(row));
  }
  text += format_table(shown);
  for (const std::string& note : cross_notes(evaluation, table)) text += "  " + note + "\n";
  return text;
}

json interval_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {rounded(interval->low), rounded(interval->high)};
}

json result_json(const SystemResult& result) {
  const Scores& scores = result.scores;
  return {{"clips", scores.total},
          {"right", scores.correct},
          {"accuracy", rounded(scores.accuracy)},
          {"accuracy_interval", interval_json(result.accuracy_interval)},
          {"uar", rounded(scores.uar)},
          {"uar_interval", interval_json(result.uar_interval)},
          {"macro_f1", rounded(scores.macro_f1)},
          {"calibration_error", rounded(result.calibration_error)},
          {"negative_log_likelihood", rounded(result.negative_log_likelihood)},
          {"area_under_risk_coverage", rounded(result.area_under_risk_coverage)}};
}

json folds_json(const std::optional<MeanOfFolds>& folds) {
  if (!folds) return nullptr;
  return {{"folds", folds->folds},
          {"mean", rounded(folds->mean)},
          {"deviation", rounded(folds->deviation)}};
}

json difference_json(double value, const std::optional<PairedDifference>& difference,
                     const std::optional<double>& corrected) {
  json object = {{"difference", rounded(value)}};
  if (!difference) return object;
  object["interval"] = interval_json(difference->interval);
  object["p"] = significant(difference->p);
  object["p_holm"] = significant(corrected.value());
  return object;
}

const std::vector<std::string> kScores = {"clips",        "right",         "accuracy",
                                          "accuracy_low", "accuracy_high", "uar",
                                          "uar_low",      "uar_high",      "macro_f1"};

void add_scores(std::vector<std::string>& row, const SystemResult& result) {
  const Scores& scores = result.scores;
  row.push_back(std::to_string(scores.total));
  row.push_back(std::to_string(scores.correct));
  for (const auto& [share, interval] : {std::pair(scores.accuracy, result.accuracy_interval),
                                        std::pair(scores.uar, result.uar_interval)}) {
    row.push_back(decimals(share));
    row.push_back(interval ? decimals(interval->low) : "");
    row.push_back(interval ? decimals(interval->high) : "");
  }
  row.push_back(decimals(scores.macro_f1));
}

std::vector<std::string> header_of(std::vector<std::string> first,
                                   const std::vector<std::string>& last = {}) {
  first.insert(first.end(), kScores.begin(), kScores.end());
  first.insert(first.end(), last.begin(), last.end());
  return first;
}

}  // namespace

std::string resampled_words(const Evaluation& evaluation) {
  std::vector<std::string> each;
  bool same = true;
  for (const EvaluatedSystem& system : evaluation.systems) {
    same = same && system.resampled == evaluation.systems.front().resampled;
    if (!system.resampled.empty()) each.push_back(system.resampled + " of " + system.name);
  }
  if (each.empty()) return {};
  return fmt::format("95 % intervals: bootstrap, {}.",
                     same ? evaluation.systems.front().resampled : listed(each));
}

std::string gap_words(const ColumnGroups& groups) {
  if (groups.common.empty()) return "These have no class in common to compare them by.";
  const auto& [worst, worst_result] = groups.values[groups.worst];
  const auto& [best, best_result] = groups.values[groups.best];
  if (groups.best == groups.worst) return fmt::format("There is no other {}.", groups.column);
  std::string words =
      fmt::format("Lowest UAR: {}, {:.2f} points below {}", worst, 100 * groups.gap, best);
  if (groups.gap_interval) {
    words += fmt::format(" (95 % {:+.1f} to {:+.1f})", 100 * groups.gap_interval->low,
                         100 * groups.gap_interval->high);
  }
  words += ".";
  const auto& all = groups.values.front().second.matrix.classes();
  if (groups.common.size() < all.size()) {
    words += fmt::format(" Over the {} classes that each of them has: {}.", groups.common.size(),
                         fmt::join(groups.common, ", "));
  }
  return words;
}

std::vector<std::string> cross_notes(const Evaluation& evaluation, const CrossTable& table) {
  std::vector<std::string> notes;
  if (std::ranges::any_of(table.cells, [](const CrossCell& cell) {
        return cell.training == std::vector{cell.tested};
      })) {
    notes.push_back(fmt::format(
        "In the row and column of one {} its speakers are kept apart, in folds of their own.",
        table.column));
  }
  std::set<std::string> all;
  for (const auto& [value, labels] : table.labels) all.insert(labels.begin(), labels.end());
  for (const auto& [value, labels] : table.labels) {
    std::vector<std::string> missing;
    std::ranges::set_difference(all, labels, std::back_inserter(missing));
    if (missing.empty()) continue;
    notes.push_back(
        fmt::format("Tested on {}, UAR is over {} of {} classes: it has no {}. --labels brings all "
                    "to one list.",
                    value, labels.size(), all.size(), fmt::join(missing, ", ")));
  }
  if (evaluation.bootstrap.draws > 0) {
    notes.push_back(
        fmt::format("95 % intervals: bootstrap, {} draws over the tested speakers "
                    "(clips where they are not known).",
                    evaluation.bootstrap.draws));
  }
  for (const CrossCell& cell : table.cells) {
    if (cell.leak.empty()) continue;
    notes.push_back(fmt::format("Leak check, {} to {}: LEAK. {}.", table.words_of(cell.training),
                                cell.tested, cell.leak));
  }
  if (!table.uses.empty()) notes.push_back(table.uses + ".");
  return notes;
}

std::string text_of(const Evaluation& evaluation) {
  std::string text;
  if (!evaluation.caption.empty()) text += evaluation.caption + "\n";
  if (!evaluation.systems.empty()) {
    const auto rows = rows_of(evaluation);
    text += "\nOn the clips that test each\n\n" + accuracy_table(rows);
    if (const auto words = resampled_words(evaluation); !words.empty()) text += "  " + words + "\n";
    text += folds_text(evaluation) + verdicts_text(evaluation) + "\nPer class\n\n" +
            class_table(rows, evaluation.classes);
  }
  text += pairs_text(evaluation) + groups_text(evaluation);
  for (const CrossTable& table : evaluation.cross) text += cross_text(evaluation, table);
  return text;
}

json json_of(const Evaluation& evaluation) {
  json object = {
      {"format", 1},
      {"bootstrap", {{"draws", evaluation.bootstrap.draws}, {"seed", evaluation.bootstrap.seed}}}};
  const auto name = [&](std::size_t system) { return evaluation.systems[system].name; };
  for (const EvaluatedSystem& system : evaluation.systems) {
    json one = result_json(system.result);
    one["name"] = system.name;
    one["accuracy_of_folds"] = folds_json(system.accuracy_of_folds);
    one["uar_of_folds"] = folds_json(system.uar_of_folds);
    one["leaks"] = system.verdict.leaks() || !system.known_counts.empty();
    one["leak_check"] = system.verdict.sentence();
    if (!system.known_counts.empty()) one["class_counts_known"] = system.known_counts;
    if (!system.uses.empty()) one["uses"] = system.uses;
    object["systems"].push_back(std::move(one));
  }
  for (const ComparedPair& compared : evaluation.pairs) {
    const SystemPair& pair = compared.pair;
    object["pairs"].push_back(
        {{"system", name(pair.one)},
         {"against", name(pair.other)},
         {"clips", compared.clips},
         {"only_system_right", pair.only_one},
         {"only_against_right", pair.only_other},
         {"mcnemar_p", significant(pair.mcnemar_p)},
         {"mcnemar_p_holm", significant(compared.mcnemar_holm)},
         {"accuracy",
          difference_json(pair.accuracy, pair.accuracy_difference, compared.accuracy_holm)},
         {"uar", difference_json(pair.uar, pair.uar_difference, compared.uar_holm)}});
  }
  for (const ColumnGroups& groups : evaluation.groups) {
    json one = {{"system", name(groups.system)},
                {"column", groups.column},
                {"common_classes", groups.common},
                {"unknown", groups.unknown},
                {"worst", groups.values[groups.worst].first},
                {"best", groups.values[groups.best].first},
                {"gap", rounded(groups.gap)},
                {"gap_interval", interval_json(groups.gap_interval)}};
    for (const auto& [value, result] : groups.values) {
      json scores = result_json(result);
      scores["value"] = value;
      one["values"].push_back(std::move(scores));
    }
    object["groups"].push_back(std::move(one));
  }
  for (const CrossTable& table : evaluation.cross) {
    json one = {{"name", table.name}, {"column", table.column}, {"values", table.values}};
    if (!table.uses.empty()) one["uses"] = table.uses;
    for (const CrossCell& cell : table.cells) {
      json scores = result_json(cell.result);
      scores["trained_on"] = cell.training;
      scores["tested_on"] = cell.tested;
      scores["folds"] = cell.folds;
      if (!cell.leak.empty()) scores["leak"] = cell.leak;
      one["cells"].push_back(std::move(scores));
    }
    object["cross"].push_back(std::move(one));
  }
  return object;
}

CsvTable metrics_csv(const Evaluation& evaluation) {
  CsvTable table;
  table.header = header_of({"system"}, {"calibration_error", "negative_log_likelihood",
                                        "area_under_risk_coverage", "leaks"});
  for (const EvaluatedSystem& system : evaluation.systems) {
    std::vector<std::string> row = {system.name};
    add_scores(row, system.result);
    for (const double value :
         {system.result.calibration_error, system.result.negative_log_likelihood,
          system.result.area_under_risk_coverage}) {
      row.push_back(decimals(value));
    }
    row.emplace_back(!system.verdict.checked() ? "" : system.verdict.leaks() ? "yes" : "no");
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable per_class_csv(const Evaluation& evaluation) {
  CsvTable table;
  table.header = {"system", "class", "clips", "precision", "recall", "f1"};
  for (const EvaluatedSystem& system : evaluation.systems) {
    for (std::size_t c = 0; c < evaluation.classes.size(); ++c) {
      const ClassScores& scores = system.result.scores.classes[c];
      table.rows.push_back({system.name, evaluation.classes[c], std::to_string(scores.support),
                            decimals(scores.precision), decimals(scores.recall),
                            decimals(scores.f1)});
    }
  }
  return table;
}

CsvTable comparisons_csv(const Evaluation& evaluation) {
  CsvTable table;
  table.header = {"system",    "against",       "clips", "only_system_right", "only_against_right",
                  "mcnemar_p", "mcnemar_p_holm"};
  for (const char* score : {"accuracy", "uar"}) {
    for (const char* what : {"difference", "low", "high", "p", "p_holm"}) {
      table.header.push_back(fmt::format("{}_{}", score, what));
    }
  }
  for (const ComparedPair& compared : evaluation.pairs) {
    const SystemPair& pair = compared.pair;
    std::vector<std::string> row = {evaluation.systems[pair.one].name,
                                    evaluation.systems[pair.other].name,
                                    std::to_string(compared.clips),
                                    std::to_string(pair.only_one),
                                    std::to_string(pair.only_other),
                                    fmt::format("{:.6g}", pair.mcnemar_p),
                                    fmt::format("{:.6g}", compared.mcnemar_holm)};
    const auto add = [&](double value, const std::optional<PairedDifference>& difference,
                         const std::optional<double>& corrected) {
      row.push_back(decimals(value));
      row.push_back(difference ? decimals(difference->interval.low) : "");
      row.push_back(difference ? decimals(difference->interval.high) : "");
      row.push_back(difference ? fmt::format("{:.6g}", difference->p) : "");
      row.push_back(corrected ? fmt::format("{:.6g}", *corrected) : "");
    };
    add(pair.accuracy, pair.accuracy_difference, compared.accuracy_holm);
    add(pair.uar, pair.uar_difference, compared.uar_holm);
    table.rows.push_back(std::move(row));
  }
  return table;
}

CsvTable groups_csv(const Evaluation& evaluation) {
  CsvTable table;
  table.header = header_of({"system", "column", "value"});
  for (const ColumnGroups& groups : evaluation.groups) {
    for (const auto& [value, result] : groups.values) {
      std::vector<std::string> row = {evaluation.systems[groups.system].name, groups.column, value};
      add_scores(row, result);
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

CsvTable cross_csv(const Evaluation& evaluation) {
  CsvTable table;
  table.header = header_of({"name", "column", "trained_on", "tested_on", "folds"}, {"leak"});
  for (const CrossTable& cross : evaluation.cross) {
    for (const CrossCell& cell : cross.cells) {
      std::vector<std::string> row = {cross.name, cross.column,
                                      fmt::format("{}", fmt::join(cell.training, "|")), cell.tested,
                                      std::to_string(cell.folds)};
      add_scores(row, cell.result);
      row.push_back(cell.leak);
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace aver
