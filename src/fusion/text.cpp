#include "fusion/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/tables.h"

namespace aver {
namespace {

std::string number(std::size_t value) {
  return fmt::format("{}", value);
}

AccuracyRow accuracy_row(std::string name, const SystemResult& system) {
  return {std::move(name),          system.scores,
          system.calibration_error, system.negative_log_likelihood,
          system.accuracy_interval, system.uar_interval};
}

std::vector<AccuracyRow> accuracy_rows(const ScopeResult& scope, const FusionChoice& choice) {
  std::vector<AccuracyRow> rows;
  for (std::size_t i = 0; i < kSystems.size(); ++i) {
    rows.push_back(accuracy_row(system_name(choice, i), scope.systems[i]));
  }
  return rows;
}

std::string verdict_lines(const ScopeResult& scope) {
  const std::string audio = scope.verdicts[0].sentence(), visual = scope.verdicts[1].sentence();
  if (audio == visual) return fmt::format("  sound, picture: {}\n", audio);
  return fmt::format("  sound:   {}\n  picture: {}\n", audio, visual);
}

std::string trained_line(const ScopeResult& scope) {
  const std::string words = trained_words(scope);
  return words.empty() ? "" : "  " + words + "\n";
}

std::string fold_table(const ScopeResult& scope) {
  if (scope.folds.empty()) return "";
  TextTable table;
  table.header = {"fold", "clips", "sound", "picture", "both"};
  for (const FoldResult& fold : scope.folds) {
    table.rows.push_back({fmt::format("{}", fold.fold), number(fold.clips),
                          percent(fold.accuracy[0]), percent(fold.accuracy[1]),
                          percent(fold.accuracy[2])});
  }
  std::vector<std::string> means = {"mean", ""};
  std::vector<std::string> deviations = {"± sd", ""};
  std::vector<std::string> recalls = {"mean UAR", ""};
  std::vector<std::string> recall_deviations = {"± sd", ""};
  for (std::size_t i = 0; i < kSystems.size(); ++i) {
    const auto accuracy = mean_of_folds(by_fold(scope.folds, i, &FoldResult::accuracy));
    means.push_back(percent(accuracy.mean));
    deviations.push_back(percent(accuracy.deviation));
    const auto uar = mean_of_folds(by_fold(scope.folds, i, &FoldResult::uar));
    recalls.push_back(percent(uar.mean));
    recall_deviations.push_back(percent(uar.deviation));
  }
  table.rows.push_back(means);
  table.rows.push_back(deviations);
  table.rows.push_back(recalls);
  table.rows.push_back(recall_deviations);
  return "\nAccuracy per fold\n\n" + format_table(table) + verdict_lines(scope);
}

std::string decision_table(const ScopeResult& scope, FusionRule rule) {
  TextTable table;
  table.header = {"", "clips", "right", "share right"};
  for (const auto& [name, tally] : decision_rows(scope, rule)) {
    table.rows.push_back({name, number(tally.clips), number(tally.right),
                          tally.clips > 0 ? percent(tally.share()) : "-"});
  }
  std::string text = format_table(table);
  static constexpr std::array<std::string_view, 2> kNames = {"sound", "picture"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    text += fmt::format("  Against {} alone, fusion repaired {} and broke {} answers ({:+d}).\n",
                        kNames[i], scope.repaired[i], scope.broken[i],
                        static_cast<long>(scope.repaired[i]) - static_cast<long>(scope.broken[i]));
  }
  if (scope.fell_back.clips > 0) {
    text += fmt::format("  Without sound: {} clips; without picture: {}; the other one answered.\n",
                        scope.without_audio, scope.without_visual);
  }
  return text;
}

std::string bootstrap_line(const std::string& over) {
  return over.empty() ? "" : fmt::format("  95 % intervals: bootstrap, {}.\n", over);
}

std::string scope_text(const FusionResults& results, const ScopeResult& scope) {
  const auto rows = accuracy_rows(scope, results.choice);
  auto short_rows = rows;
  for (std::size_t i = 0; i < short_rows.size(); ++i) short_rows[i].name = kSystemWords[i];
  return fmt::format("\n{}\n\n", scope.title) + accuracy_table(rows) +
         bootstrap_line(scope.bootstrap) + trained_line(scope) + verdict_lines(scope) +
         fold_table(scope) + "\nWhich modality decided\n\n" +
         decision_table(scope, results.choice.rule) + verdict_lines(scope) + "\nPer class\n\n" +
         class_table(short_rows, results.classes) + verdict_lines(scope);
}

std::string rules_text(const FusionResults& results) {
  const RuleTable& rules = results.rules;
  std::vector<AccuracyRow> rows;
  for (const RuleRow& row : rules.rows) rows.push_back(accuracy_row(words_of(row), row.result));
  return fmt::format("\nAll rules, {}\n\n", rules.title) + accuracy_table(rows) +
         bootstrap_line(rules.bootstrap) + "  " + results.fits.note + "\n" +
         verdict_lines(results.scope());
}

/// Every rule against the better modality alone. All other pairs are in comparisons.csv.
std::string comparison_text(const FusionResults& results) {
  const RuleTable& rules = results.rules;
  if (rules.pair_clips == 0) return "";
  const std::size_t reference = better_modality(rules);
  TextTable table;
  table.header = {"", "difference", "95 %", "p", "repaired", "broken", "McNemar p"};
  for (std::size_t i = 0; i < rules.rows.size(); ++i) {
    if (i == reference) continue;
    const auto pair = pair_of(rules, i, reference);
    if (!pair) continue;
    const auto& difference = pair->accuracy_difference;
    table.rows.push_back(
        {words_of(rules.rows[i]), fmt::format("{:+.2f} points", 100 * pair->accuracy),
         difference ? fmt::format("{:+.1f} to {:+.1f}", 100 * difference->interval.low,
                                  100 * difference->interval.high)
                    : "-",
         difference ? fmt::format("{:.4f}", difference->p) : "-", number(pair->only_one),
         number(pair->only_other), fmt::format("{:.2g}", pair->mcnemar_p)});
  }
  return fmt::format("\nAccuracy against {} alone, {} clips that have both\n\n",
                     words_of(rules.rows[reference].key), rules.pair_clips) +
         format_table(table) +
         "  p: paired bootstrap; McNemar: exact; neither is corrected for the number of rows.\n" +
         verdict_lines(results.scope());
}

std::string group_text(const FusionResults& results) {
  if (results.groups.empty()) return "";
  TextTable table;
  table.left_columns = 2;
  table.header = {"", "", "clips", "sound", "picture", "both"};
  std::string kind;
  std::array<std::vector<double>, 3> of_actors;
  for (const GroupRow& row : results.groups) {
    if (row.kind == "actor") {
      for (std::size_t i = 0; i < kSystems.size(); ++i) {
        if (row.systems[i].scores.total > 0) {
          of_actors[i].push_back(row.systems[i].scores.accuracy);
        }
      }
      continue;
    }
    std::vector<std::string> cells = {row.kind == kind ? "" : row.kind, row.value,
                                      number(row.systems[2].scores.total)};
    kind = row.kind;
    for (const SystemResult& system : row.systems) {
      cells.push_back(system.scores.total > 0 ? percent(system.scores.accuracy) : "-");
    }
    table.rows.push_back(std::move(cells));
  }
  for (const bool least : {true, false}) {
    std::vector<std::string> cells = {least ? "actors" : "", least ? "lowest" : "highest", ""};
    for (const auto& values : of_actors) {
      if (values.empty()) {
        cells.emplace_back("-");
        continue;
      }
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      cells.push_back(percent(least ? *low : *high));
    }
    table.rows.push_back(std::move(cells));
  }
  return fmt::format("\nAccuracy by group, {}\n\n", results.rules.title) + format_table(table) +
         verdict_lines(results.scope());
}

}  // namespace

std::string trained_words(const ScopeResult& scope) {
  if (!scope.trained_on[0] && !scope.trained_on[1]) return "";
  const auto words = [&](std::size_t i) {
    const auto& trained = scope.trained_on[i];
    return trained ? fmt::format("on {} of {}", *trained, scope.systems[i].scores.total)
                   : std::string("on an unknown number");
  };
  return fmt::format("Of these clips, sound trained {} and picture {}.", words(0), words(1));
}

std::vector<std::pair<std::string, Tally>> decision_rows(const ScopeResult& scope,
                                                         FusionRule rule) {
  const auto decided = [&](DecidedBy by) {
    const auto found = scope.decided.find(by);
    return found == scope.decided.end() ? Tally() : found->second;
  };
  const bool one_decides = rule == FusionRule::max_confidence;
  const bool missing = scope.fell_back.clips > 0;
  std::vector<std::pair<std::string, Tally>> rows;
  if (one_decides || missing) {
    rows.emplace_back("sound decided", decided(DecidedBy::audio));
    rows.emplace_back("picture decided", decided(DecidedBy::visual));
  }
  if (!one_decides) rows.emplace_back("decided together", decided(DecidedBy::both));
  if (missing) rows.emplace_back("of these, the other was missing", scope.fell_back);
  rows.emplace_back("both gave the same answer", scope.agreed);
  return rows;
}

std::string words_of(const FusionChoice& choice) {
  return words_of(std::string(name_of(choice.rule))) + (choice.scaled ? ", temperatures" : "");
}

std::string system_name(const FusionChoice& choice, std::size_t system) {
  const std::string words(kSystemWords[system]);
  return kSystems[system] == "fused" ? fmt::format("{} ({})", words, words_of(choice)) : words;
}

std::string text_of(const FusionResults& results) {
  std::string text =
      fmt::format("Emotion from sound, picture and both, fused by {}\n", words_of(results.choice));
  if (!results.caption.empty()) text += results.caption + "\n";
  for (const ScopeResult& scope : results.scopes) text += scope_text(results, scope);
  if (!results.held_out_note.empty()) text += "\n" + results.held_out_note + "\n";
  return text + rules_text(results) + comparison_text(results) + group_text(results);
}

}  // namespace aver
