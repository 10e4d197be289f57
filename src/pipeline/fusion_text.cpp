#include <fmt/format.h>

#include "aver/report/tables.h"
#include "pipeline/fusion_output.h"

namespace aver {
namespace {

std::string percent(double share) {
  return fmt::format("{:.2f} %", 100 * share);
}
std::string number(std::size_t value) {
  return fmt::format("{}", value);
}

std::vector<AccuracyRow> accuracy_rows(const ScopeResult& scope, FusionRule rule) {
  std::vector<AccuracyRow> rows;
  for (std::size_t i = 0; i < kSystems.size(); ++i) {
    const SystemResult& system = scope.systems[i];
    const std::string name = i + 1 < kSystems.size()
                                 ? std::string(kSystemWords[i])
                                 : fmt::format("{} ({})", kSystemWords[i], words_of(rule));
    rows.push_back({name, system.scores, system.calibration_error});
  }
  return rows;
}

std::string verdict_lines(const ScopeResult& scope) {
  const auto& [audio, visual] = scope.verdicts;
  if (audio == visual) return fmt::format("  sound, picture: {}\n", audio);
  return fmt::format("  sound:   {}\n  picture: {}\n", audio, visual);
}

std::string trained_line(const ScopeResult& scope) {
  if (!scope.trained_on[0] && !scope.trained_on[1]) return "";
  const auto words = [&](std::size_t i) {
    const auto& trained = scope.trained_on[i];
    return trained ? fmt::format("on {} of {}", *trained, scope.systems[i].scores.total)
                   : std::string("on an unknown number");
  };
  return fmt::format("  Of these clips, sound trained {} and picture {}.\n", words(0), words(1));
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
  for (std::size_t i = 0; i < kSystems.size(); ++i) {
    const MeanOfFolds mean = mean_of_folds(scope.folds, i);
    means.push_back(percent(mean.mean));
    deviations.push_back(percent(mean.deviation));
  }
  table.rows.push_back(means);
  table.rows.push_back(deviations);
  return "\nAccuracy per fold\n\n" + format_table(table) + verdict_lines(scope);
}

std::string decision_table(const ScopeResult& scope, FusionRule rule) {
  TextTable table;
  table.header = {"", "clips", "right", "share right"};
  const auto add = [&](const std::string& name, const Tally& tally) {
    table.rows.push_back({name, number(tally.clips), number(tally.right),
                          tally.clips > 0 ? percent(tally.share()) : "-"});
  };
  const auto decided = [&](DecidedBy by) {
    const auto found = scope.decided.find(by);
    return found == scope.decided.end() ? Tally() : found->second;
  };
  const bool one_decides = rule == FusionRule::max_confidence;
  const bool missing = scope.fell_back.clips > 0;
  if (one_decides || missing) {
    add("sound decided", decided(DecidedBy::audio));
    add("picture decided", decided(DecidedBy::visual));
  }
  if (!one_decides) add("decided together", decided(DecidedBy::both));
  if (missing) add("of these, the other was missing", scope.fell_back);
  add("both gave the same answer", scope.agreed);

  std::string text = format_table(table);
  static constexpr std::array<std::string_view, 2> kNames = {"sound", "picture"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    text += fmt::format("  Against {} alone, fusion repaired {} and broke {} answers ({:+d}).\n",
                        kNames[i], scope.repaired[i], scope.broken[i],
                        static_cast<long>(scope.repaired[i]) - static_cast<long>(scope.broken[i]));
  }
  if (missing) {
    text += fmt::format("  Without sound: {} clips; without picture: {}; the other one answered.\n",
                        scope.without_audio, scope.without_visual);
  }
  return text;
}

std::string scope_text(const FusionResults& results, const ScopeResult& scope) {
  const auto rows = accuracy_rows(scope, results.rule);
  auto short_rows = rows;
  for (std::size_t i = 0; i < short_rows.size(); ++i) short_rows[i].name = kSystemWords[i];
  return fmt::format("\n{}\n\n", scope.title) + accuracy_table(rows) + trained_line(scope) +
         verdict_lines(scope) + fold_table(scope) + "\nWhich modality decided\n\n" +
         decision_table(scope, results.rule) + verdict_lines(scope) + "\nPer class\n\n" +
         class_table(short_rows, results.classes) + verdict_lines(scope);
}

}  // namespace

std::string words_of(FusionRule rule) {
  return rule == FusionRule::max_confidence ? "maximum confidence" : std::string(name_of(rule));
}

std::string text_of(const FusionResults& results) {
  std::string text =
      fmt::format("Emotion from sound, picture and both, fused by {}\n", words_of(results.rule));
  if (!results.caption.empty()) text += results.caption + "\n";
  for (const ScopeResult& scope : results.scopes) text += scope_text(results, scope);
  if (!results.held_out_note.empty()) text += "\n" + results.held_out_note + "\n";
  return text;
}

}  // namespace aver
