#include "fusion/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/tables.h"
#include "report/words.h"

namespace aver {
namespace {

std::string number(std::size_t value) {
  return fmt::format("{}", value);
}

std::vector<AccuracyRow> accuracy_rows(const FusionResults& results, const ScopeResult& scope) {
  std::vector<AccuracyRow> rows;
  for (std::size_t i = 0; i < scope.systems.size(); ++i) {
    rows.push_back(accuracy_row(system_title(results, i), scope.systems[i]));
  }
  return rows;
}

std::vector<AccuracyRow> accuracy_rows(const SystemTable& systems) {
  std::vector<AccuracyRow> rows;
  for (const SystemRow& row : systems.rows) rows.push_back(accuracy_row(row.title(), row.result));
  return rows;
}

std::string verdict_lines(const FusionResults& results, const ScopeResult& scope) {
  std::string lines;
  std::size_t width = 0;
  const auto verdicts = spoken_verdicts(results, scope);
  const auto names = [](const SpokenVerdict& verdict) {
    return fmt::format("{}:", fmt::join(verdict.modalities, ", "));
  };
  for (const SpokenVerdict& verdict : verdicts) width = std::max(width, names(verdict).size());
  for (const SpokenVerdict& verdict : verdicts) {
    lines += fmt::format("  {:<{}} {}\n", names(verdict), width, verdict.sentence);
  }
  return lines;
}

/// `sentence` as a line of its own; nothing when it is empty.
std::string note_line(const std::string& sentence) {
  return sentence.empty() ? "" : "  " + sentence + "\n";
}

void append_systems(std::vector<std::string>& cells, const FusionResults& results) {
  for (const SystemName& system : results.systems) cells.push_back(system.words);
}

std::string fold_table(const FusionResults& results, const ScopeResult& scope) {
  if (scope.folds.empty()) return "";
  TextTable table;
  table.header = {"fold", "clips"};
  append_systems(table.header, results);
  for (const FoldResult& fold : scope.folds) {
    std::vector<std::string> row = {fmt::format("{}", fold.fold), number(fold.clips)};
    for (const auto& accuracy : fold.accuracy) row.push_back(percent(accuracy));
    table.rows.push_back(std::move(row));
  }
  for (const auto& [name, metric] :
       {std::pair("mean", &FoldResult::accuracy), std::pair("mean UAR", &FoldResult::uar)}) {
    std::vector<std::string> means = {name, ""}, deviations = {"± sd", ""};
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      const auto folds = mean_of_folds(scope.folds, i, metric);
      means.push_back(folds ? percent(folds->mean) : percent({}));
      deviations.push_back(folds ? percent(folds->deviation) : percent({}));
    }
    table.rows.push_back(std::move(means));
    table.rows.push_back(std::move(deviations));
  }
  return "\nAccuracy per fold\n\n" + format_table(table) + verdict_lines(results, scope);
}

std::string decision_table(const FusionResults& results, const ScopeResult& scope) {
  TextTable table;
  table.header = {"", "clips", "right", "share right"};
  for (const auto& [name, tally] : decision_rows(results, scope)) {
    table.rows.push_back({name, number(tally.clips), number(tally.right),
                          tally.clips > 0 ? percent(tally.share()) : "-"});
  }
  std::string text = format_table(table);
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    text += fmt::format("  Against {} alone, fusion repaired {} and broke {} answers ({:+d}).\n",
                        results.systems[m].words, scope.repaired[m], scope.broken[m],
                        static_cast<long>(scope.repaired[m]) - static_cast<long>(scope.broken[m]));
  }
  return text + note_line(missing_words(results, scope));
}

std::string bootstrap_line(const std::string& over) {
  return over.empty() ? "" : fmt::format("  95 % intervals: bootstrap, {}.\n", over);
}

std::string scope_text(const FusionResults& results, const ScopeResult& scope) {
  const auto rows = accuracy_rows(results, scope);
  auto short_rows = rows;
  for (std::size_t i = 0; i < rows.size(); ++i) short_rows[i].name = results.systems[i].words;
  const std::string verdicts = verdict_lines(results, scope);
  return fmt::format("\n{}\n\n", scope.title) + accuracy_table(rows) +
         bootstrap_line(scope.bootstrap) + note_line(trained_words(results, scope)) + verdicts +
         fold_table(results, scope) + "\nWhich modality decided\n\n" +
         decision_table(results, scope) + verdicts + "\nPer class\n\n" +
         class_table(short_rows, results.classes) + verdicts;
}

/// Compares every row with the best modality alone.
std::string comparison_text(const FusionResults& results, const SystemTable& systems) {
  if (systems.pair_clips == 0) return "";
  const std::size_t reference = best_modality(systems);
  TextTable table;
  table.header = {"", "difference", "95 %", "p", "repaired", "broken", "McNemar p"};
  for (std::size_t i = 0; i < systems.rows.size(); ++i) {
    if (i == reference) continue;
    const auto pair = find_pair(systems.pairs, i, reference);
    if (!pair) continue;
    const auto& difference = pair->accuracy_difference;
    table.rows.push_back(
        {systems.rows[i].title(), fmt::format("{:+.2f} points", 100 * pair->accuracy),
         points_interval(difference), difference ? fmt::format("{:.4f}", difference->p) : "-",
         number(pair->only_one), number(pair->only_other), fmt::format("{:.2g}", pair->mcnemar_p)});
  }
  return fmt::format("\nAccuracy against {} alone, {} clips that have {}\n\n",
                     systems.rows[reference].words, systems.pair_clips,
                     together(results.inputs.size())) +
         format_table(table) +
         "  p: paired bootstrap; McNemar: exact; neither is corrected for the number of rows.\n" +
         verdict_lines(results, results.scope());
}

std::string rules_text(const FusionResults& results) {
  const SystemTable& rules = results.rules;
  return fmt::format("\nAll rules, {}\n\n", rules.title) + accuracy_table(accuracy_rows(rules)) +
         bootstrap_line(rules.bootstrap) + note_line(results.fits.note) +
         verdict_lines(results, results.scope()) + comparison_text(results, rules);
}

std::string combinations_text(const FusionResults& results) {
  const SystemTable& sets = results.combinations;
  if (sets.rows.empty()) return "";
  return fmt::format("\nModalities alone and fused by {}, {}\n\n", words_of(results.choice),
                     sets.title) +
         accuracy_table(accuracy_rows(sets)) + bootstrap_line(sets.bootstrap) +
         verdict_lines(results, results.scope()) + comparison_text(results, sets);
}

std::string sets_text(const FusionResults& results) {
  if (!results.sets) return "";
  TextTable table;
  table.header = {"", "", "95 %"};
  table.rows = set_rows(*results.sets);
  return fmt::format("\nPrediction sets of {} by {}, {} clips\n\n", together(results.inputs.size()),
                     words_of(results.choice), results.sets->clips.size()) +
         format_table(table) + note_line(set_words(*results.sets)) +
         verdict_lines(results, results.scope());
}

std::string group_text(const FusionResults& results) {
  if (results.groups.empty()) return "";
  TextTable table;
  table.left_columns = 2;
  table.header = {"", "", "clips"};
  append_systems(table.header, results);
  std::string kind;
  const std::string people = results.groups.front().kind;
  std::vector<std::vector<double>> of_people(results.systems.size());
  for (const GroupRow& row : results.groups) {
    if (row.person) {
      for (std::size_t i = 0; i < results.systems.size(); ++i) {
        if (row.systems[i].scores.total > 0) {
          of_people[i].push_back(row.systems[i].scores.accuracy);
        }
      }
      continue;
    }
    std::vector<std::string> cells = {row.kind == kind ? "" : row.kind, row.value,
                                      number(row.systems.back().scores.total)};
    kind = row.kind;
    for (const SystemResult& system : row.systems) {
      cells.push_back(system.scores.total > 0 ? percent(system.scores.accuracy) : "-");
    }
    table.rows.push_back(std::move(cells));
  }
  for (const bool least : {true, false}) {
    std::vector<std::string> cells = {least ? people + "s" : "", least ? "lowest" : "highest", ""};
    for (const auto& values : of_people) {
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
         verdict_lines(results, results.scope());
}

}  // namespace

AccuracyRow accuracy_row(std::string name, const SystemResult& system) {
  return {std::move(name),          system.scores,
          system.calibration_error, system.negative_log_likelihood,
          system.accuracy_interval, system.uar_interval};
}

std::string points_interval(const std::optional<PairedDifference>& difference,
                            std::string_view none) {
  if (!difference) return std::string(none);
  return fmt::format("{:+.1f} to {:+.1f}", 100 * difference->interval.low,
                     100 * difference->interval.high);
}

std::vector<SpokenVerdict> spoken_verdicts(const FusionResults& results, const ScopeResult& scope) {
  std::vector<SpokenVerdict> spoken;
  bool same = true;
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    const std::string& uses = results.inputs[m].uses;
    spoken.push_back(
        {{results.systems[m].words},
         scope.verdicts[m].sentence() + (uses.empty() ? "" : fmt::format(" {}.", uses))});
    same = same && spoken.back().sentence == spoken.front().sentence;
  }
  if (same) {
    for (std::size_t m = 1; m < spoken.size(); ++m) {
      spoken.front().modalities.push_back(results.systems[m].words);
    }
    spoken.resize(1);
  }
  for (std::size_t s = 0; s < results.systems.size(); ++s) {
    if (scope.known_counts[s].empty()) continue;
    spoken.push_back({{results.systems[s].words},
                      fmt::format("Leak check: LEAK. {}.", capitalised(scope.known_counts[s]))});
  }
  return spoken;
}

std::vector<std::vector<std::string>> set_rows(const PredictionSets& sets) {
  const auto share_row = [](const char* name, const SetFigure& figure) {
    return std::vector<std::string>{name, percent(figure.value), interval_text(figure.interval)};
  };
  std::vector<std::vector<std::string>> rows = {
      share_row("sets that hold the true class", sets.coverage),
      {"classes in a set", fmt::format("{:.3f}", sets.mean_size.value),
       sets.mean_size.interval ? fmt::format("{:.3f}–{:.3f}", sets.mean_size.interval->low,
                                             sets.mean_size.interval->high)
                               : "-"},
      share_row("not sure: more than one class", sets.not_sure)};
  if (sets.sure > 0) rows.push_back(share_row("right answers where sure", sets.right_when_sure));
  return rows;
}

std::string set_words(const PredictionSets& sets) {
  return fmt::format(
      "Split-conformal at alpha = {}: {:.4g} % of the sets should hold the true class. The "
      "threshold for {} is from all others; that for new people, {:.4f}, is from all and stands in "
      "fusion.json.{}",
      sets.alpha, 100 * (1 - sets.alpha), sets.left_out, sets.threshold, sets.caution);
}

std::string trained_words(const FusionResults& results, const ScopeResult& scope) {
  if (std::none_of(scope.trained_on.begin(), scope.trained_on.end(),
                   [](const auto& trained) { return trained.has_value(); })) {
    return "";
  }
  std::vector<std::string> parts;
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    const auto& trained = scope.trained_on[m];
    parts.push_back(
        fmt::format("{}{} {}", results.systems[m].words, m == 0 ? " trained" : "",
                    trained ? fmt::format("on {} of {}", *trained, scope.systems[m].scores.total)
                            : std::string("on an unknown number")));
  }
  return fmt::format("Of these clips, {}.", listed(parts));
}

std::string missing_words(const FusionResults& results, const ScopeResult& scope) {
  if (scope.fell_back.clips == 0) return "";
  std::vector<std::string> parts;
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    parts.push_back(fmt::format("{} {}: {}{}", m == 0 ? "Without" : "without",
                                results.systems[m].words, scope.without[m],
                                m == 0 ? " clips" : ""));
  }
  return fmt::format("{}; {} answered.", fmt::join(parts, "; "),
                     results.inputs.size() == 2 ? "the other one" : "the others");
}

std::string unscored_folds_words(const FusionResults& results) {
  // The scopes come from all clips to the held-out ones: what lacks in one lacks in the next too.
  const auto scope = std::find_if(results.scopes.rbegin(), results.scopes.rend(),
                                  [](const ScopeResult& one) { return !one.folds.empty(); });
  if (scope == results.scopes.rend()) return "";
  std::vector<std::string> parts;
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    std::vector<std::string> folds;
    for (const FoldResult& fold : scope->folds) {
      if (!fold.accuracy[m]) folds.push_back(std::to_string(fold.fold));
    }
    if (folds.empty()) continue;
    parts.push_back(fmt::format("{} in fold{} {}", results.systems[m].words,
                                folds.size() == 1 ? "" : "s", listed(folds)));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "no clip is scored of {}: such a figure is left out, and a mean over folds counts only those "
      "that have one",
      fmt::join(parts, ", of "));
}

std::vector<std::pair<std::string, Tally>> decision_rows(const FusionResults& results,
                                                         const ScopeResult& scope) {
  const auto decided = [&](const std::optional<std::size_t>& by) {
    const auto found = scope.decided.find(by);
    return found == scope.decided.end() ? Tally() : found->second;
  };
  const bool one_decides = results.choice.rule->one_decides;
  const bool missing = scope.fell_back.clips > 0;
  const std::size_t modalities = results.inputs.size();
  std::vector<std::pair<std::string, Tally>> rows;
  for (std::size_t m = 0; m < modalities && (one_decides || missing); ++m) {
    rows.emplace_back(results.systems[m].words + " decided", decided(m));
  }
  if (!one_decides) rows.emplace_back("decided together", decided(std::nullopt));
  if (missing) {
    rows.emplace_back(fmt::format("of these, {} was missing", the_other(modalities)),
                      scope.fell_back);
  }
  rows.emplace_back(together(modalities) + " gave the same answer", scope.agreed);
  return rows;
}

std::string words_of(const FusionChoice& choice) {
  return std::string(choice.rule->words) + (choice.scaled ? ", temperatures" : "");
}

std::string system_title(const FusionResults& results, std::size_t system) {
  const std::string& words = results.systems[system].words;
  return system < results.inputs.size() ? words
                                        : fmt::format("{} ({})", words, words_of(results.choice));
}

std::string page_title(const FusionResults& results) {
  auto words = results.modalities();
  words.emplace_back(words.size() == 2 ? "both" : "all of them");
  return "Emotion from " + listed(words);
}

std::string text_of(const FusionResults& results) {
  std::string text =
      fmt::format("{}, fused by {}\n", page_title(results), words_of(results.choice));
  if (!results.caption.empty()) text += results.caption + "\n";
  for (const ScopeResult& scope : results.scopes) text += scope_text(results, scope);
  if (!results.held_out_note.empty()) text += "\n" + results.held_out_note + "\n";
  return text + combinations_text(results) + rules_text(results) + sets_text(results) +
         group_text(results);
}

}  // namespace aver
