#include "fusion/report_clips.h"

#include <fmt/format.h>

#include <cstdlib>

#include "fusion/report.h"
#include "fusion/text.h"
#include "report/svg.h"

namespace aver {
namespace {

/// The series of a row of the table of all rules: sound, picture, or a fusion of both.
std::size_t series_of(const RuleRow& row) {
  return row.key == "audio" ? 0 : row.key == "visual" ? 1 : 2;
}

Html all_rules_table(const FusionResults& results) {
  const RuleTable& rules = results.rules;
  std::vector<double> values;
  bool folds = false;
  for (const RuleRow& row : rules.rows) {
    folds = folds || row.accuracy_of_folds.has_value();
    add_bounds(values, row.result);
  }
  const SvgScale scale = strip_scale(values);
  HtmlTable table;
  table.kind = "plots";
  table.caption = fmt::format("Modalities and fusion rules, {}", rules.title);
  table.header = {"system", "accuracy, %", "95 %", {strip_axis(scale), "plot"}, "UAR, %", "95 %"};
  if (folds) table.header.emplace_back("mean of folds ± sd, %");
  table.header.emplace_back("ECE");
  table.header.emplace_back("NLL");
  table.header.emplace_back("AURC");
  for (const RuleRow& row : rules.rows) {
    const SystemResult& result = row.result;
    const bool scored = result.scores.total > 0;
    const auto &accuracy = result.accuracy_interval, &uar = result.uar_interval;
    std::vector<StripMark> marks;
    if (scored) marks.push_back({series_of(row), result.scores.accuracy, accuracy});
    std::vector<HtmlCell> cells = {
        words_of(row),       percent_cell(result.scores.accuracy, scored), interval_cell(accuracy),
        strip(scale, marks), percent_cell(result.scores.uar, scored),      interval_cell(uar)};
    if (folds) cells.emplace_back(folds_cell(row.accuracy_of_folds));
    for (const double value : {result.calibration_error, result.negative_log_likelihood,
                               result.area_under_risk_coverage}) {
      cells.emplace_back(scored ? fmt::format("{:.3f}", value) : "–");
    }
    table.rows.push_back(std::move(cells));
  }
  return html_table(table);
}

/// Percentage points with a sign, the minus a real one, and none of them for what rounds to 0.
std::string points(double share, int digits) {
  const std::string text = fmt::format("{:+.{}f}", 100 * share, digits);
  if (text.find_first_of("123456789") == std::string::npos) return text.substr(1);
  return text.front() == '-' ? "−" + text.substr(1) : text;
}

std::string points(const std::optional<PairedDifference>& difference) {
  if (!difference) return "–";
  return points(difference->interval.low, 1) + " to " + points(difference->interval.high, 1);
}

std::string p_words(double p) {
  return p < 1e-4 ? "< 0.0001" : fmt::format("{:.4f}", p);
}

std::vector<RulePair> against(const RuleTable& rules, std::size_t reference) {
  std::vector<RulePair> pairs;
  for (std::size_t i = 0; i < rules.rows.size(); ++i) {
    const auto pair = i == reference ? std::nullopt : pair_of(rules, i, reference);
    if (pair) pairs.push_back(*pair);
  }
  return pairs;
}

Html comparison_table(const FusionResults& results) {
  const RuleTable& rules = results.rules;
  if (rules.pair_clips == 0) return {};
  const std::size_t reference = better_modality(rules);
  const auto pairs = against(rules, reference);
  std::vector<double> values = {0};
  for (const RulePair& pair : pairs) {
    // The weaker modality may lie far off: it would squeeze the rules into one place.
    if (series_of(rules.rows[pair.one]) != 2) continue;
    values.push_back(pair.accuracy);
    if (!pair.accuracy_difference) continue;
    values.push_back(pair.accuracy_difference->interval.low);
    values.push_back(pair.accuracy_difference->interval.high);
  }
  const SvgScale scale = strip_scale(values, -1, 1);
  HtmlTable table;
  table.kind = "plots";
  table.caption =
      fmt::format("Against {} alone, the better modality, on the {} clips that have both",
                  words_of(rules.rows[reference].key), rules.pair_clips);
  table.header = {"system",      "accuracy, points",
                  "95 %",        {strip_axis(scale, true), "plot"},
                  "bootstrap p", "repaired",
                  "broken",      "McNemar p",
                  "UAR, points", "95 %",
                  "bootstrap p"};
  for (const RulePair& pair : pairs) {
    const RuleRow& row = rules.rows[pair.one];
    const auto &accuracy = pair.accuracy_difference, &uar = pair.uar_difference;
    std::optional<Interval> interval;
    if (accuracy) interval = accuracy->interval;
    table.rows.push_back({words_of(row), points(pair.accuracy, 2), points(accuracy),
                          strip(scale, {{series_of(row), pair.accuracy, interval}}),
                          accuracy ? p_words(accuracy->p) : "–", fmt::format("{}", pair.only_one),
                          fmt::format("{}", pair.only_other), p_words(pair.mcnemar_p),
                          points(pair.uar, 2), points(uar), uar ? p_words(uar->p) : "–"});
  }
  return html_table(table) +
         element("p",
                 "Bootstrap p: paired bootstrap over the units named above; McNemar: exact, on the "
                 "clips that "
                 "only the one (repaired) or only the other (broken) got right. Neither "
                 "is corrected for the number of rows. All other pairs are in comparisons.csv.",
                 "note");
}

Html decision_table(const FusionResults& results) {
  const ScopeResult& scope = results.scope();
  HtmlTable table;
  table.caption = fmt::format("Which modality decided ({})", words_of(results.choice));
  table.header = {"decision", "clips", "right", "share right, %"};
  for (const auto& [name, tally] : decision_rows(scope, results.choice.rule)) {
    table.rows.push_back({name, fmt::format("{}", tally.clips), fmt::format("{}", tally.right),
                          percent_cell(tally.share(), tally.clips > 0)});
  }
  Html html = html_table(table);
  if (scope.fell_back.clips > 0) {
    html += element("p", fmt::format("Without sound: {} clips; without picture: {}; the other one "
                                     "answered.",
                                     scope.without_audio, scope.without_visual));
  }
  return html;
}

Html actor_strip(const FusionResults& results) {
  std::vector<const GroupRow*> actors;
  std::vector<double> values;
  for (const GroupRow& row : results.groups) {
    if (row.kind != "actor") continue;
    actors.push_back(&row);
    for (const SystemResult& system : row.systems) {
      if (system.scores.total > 0) values.push_back(system.scores.accuracy);
    }
  }
  if (actors.empty()) return {};
  const SvgScale scale = strip_scale(values);
  HtmlTable table;
  table.caption = "Accuracy of each actor, %";
  table.header = {"actor", {strip_axis(scale), "plot"}, "sound", "picture", "both", "clips"};
  for (const GroupRow* row : actors) {
    std::vector<StripMark> marks;
    std::vector<HtmlCell> figures;
    for (std::size_t i = 0; i < kSystems.size(); ++i) {
      const Scores& scores = row->systems[i].scores;
      if (scores.total > 0) marks.push_back({i, scores.accuracy, {}});
      figures.emplace_back(percent_cell(scores.accuracy, scores.total > 0));
    }
    std::vector<HtmlCell> cells = {row->value, strip(scale, marks)};
    cells.insert(cells.end(), figures.begin(), figures.end());
    cells.emplace_back(fmt::format("{}", row->systems[2].scores.total));
    table.rows.push_back(std::move(cells));
  }
  return systems_key(results) + html_table(table) +
         element("p", "Odd numbers are male, even ones female actors.", "note");
}

Html group_table(const FusionResults& results) {
  HtmlTable table;
  table.caption = "By gender, intensity and statement";
  table.header = {"group", "clips"};
  for (const char* figure : {"accuracy", "UAR"}) {
    for (const std::string_view system : kSystemWords) {
      table.header.emplace_back(fmt::format("{}: {}, %", system, figure));
    }
  }
  for (const GroupRow& row : results.groups) {
    if (row.kind == "actor") continue;
    std::vector<HtmlCell> cells = {fmt::format("{}: {}", row.kind, row.value),
                                   fmt::format("{}", row.systems[2].scores.total)};
    for (const auto figure : {&Scores::accuracy, &Scores::uar}) {
      for (const SystemResult& system : row.systems) {
        cells.emplace_back(percent_cell(system.scores.*figure, system.scores.total > 0));
      }
    }
    table.rows.push_back(std::move(cells));
  }
  return table.rows.empty() ? Html() : html_table(table);
}

void add_answer(std::vector<HtmlCell>& cells, const FusionResults& results, const Prediction* row,
                std::optional<std::size_t> answer) {
  const bool missing = row == nullptr || !answer;
  cells.emplace_back(missing ? "missing" : results.classes[*answer]);
  cells.emplace_back(missing ? "–" : fmt::format("{:.1f}", 100 * row->probabilities[*answer]));
}

std::string decider(const Fused& fused) {
  if (fused.decided_by == DecidedBy::both) return "both";
  return fused.decided_by == DecidedBy::audio ? "sound" : "picture";
}

/// The clips whose answer fusion changed against one modality alone, with all three answers.
Html changed_clips(const FusionResults& results, std::size_t modality, Change change) {
  HtmlTable table;
  table.kind = "clips";
  table.header = {"clip",           {"truth", "text"},   {"sound", "text"},
                  "sure, %",        {"picture", "text"}, "sure, %",
                  {"both", "text"}, "sure, %",           {"decided by", "text"}};
  for (const FusedClip& clip : results.scored) {
    if ((modality == 0 ? clip.against_audio : clip.against_visual) != change) continue;
    std::vector<HtmlCell> cells = {clip.clip->clip, clip.clip->label};
    add_answer(cells, results, clip.clip->audio, clip.audio_answer);
    add_answer(cells, results, clip.clip->visual, clip.visual_answer);
    cells.emplace_back(results.classes[clip.answer]);
    cells.emplace_back(fmt::format("{:.1f}", 100 * clip.fused.probabilities[clip.answer]));
    cells.emplace_back(decider(clip.fused));
    table.rows.push_back(std::move(cells));
  }
  if (table.rows.empty()) return {};
  const std::string verb = change == Change::repaired ? "repaired" : "broke";
  table.caption = fmt::format("Answers of {} that fusion {}", kSystemWords[modality], verb);
  return html_details(fmt::format("{} answer{} of {} that fusion {}", table.rows.size(),
                                  table.rows.size() == 1 ? "" : "s", kSystemWords[modality], verb),
                      html_table(table));
}

}  // namespace

Html rules_section(const FusionResults& results) {
  const std::string over = results.rules.bootstrap;
  return all_rules_table(results) +
         element(
             "p",
             (over.empty() ? "" : "95 % intervals: bootstrap, " + over + ". ") + results.fits.note,
             "note") +
         comparison_table(results) + decision_table(results);
}

Html groups_section(const FusionResults& results) {
  if (results.groups.empty()) {
    return element("p",
                   "The clips have no names of RAVDESS's kind, so nothing tells their actors.");
  }
  return element("p", Html(results.scope().title + "."), "quiet") + actor_strip(results) +
         group_table(results);
}

Html changed_clips_section(const FusionResults& results) {
  const ScopeResult& scope = results.scope();
  Html html = element("p", Html(scope.title + "."), "quiet");
  for (std::size_t i = 0; i < 2; ++i) {
    const auto gain = static_cast<long>(scope.repaired[i]) - static_cast<long>(scope.broken[i]);
    html += element("p", fmt::format("Against {} alone, fusion repaired {} and broke {} of its "
                                     "answers ({}{}).",
                                     kSystemWords[i], scope.repaired[i], scope.broken[i],
                                     gain > 0   ? "+"
                                     : gain < 0 ? "−"
                                                : "±",
                                     std::abs(gain))) +
            changed_clips(results, i, Change::repaired) + changed_clips(results, i, Change::broken);
  }
  if (results.scopes.size() > 1) {
    html += element("p", "repaired_broken.csv holds those of all clips.", "note");
  }
  return html;
}

}  // namespace aver
