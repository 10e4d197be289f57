#include "fusion/report_clips.h"

#include <fmt/format.h>

#include <cstdlib>

#include "fusion/report.h"
#include "fusion/text.h"
#include "report/svg.h"
#include "report/words.h"

namespace aver {
namespace {

Html systems_table(const SystemTable& systems, const std::string& caption) {
  std::vector<double> values;
  bool folds = false;
  for (const SystemRow& row : systems.rows) {
    folds = folds || row.accuracy_of_folds.has_value();
    add_bounds(values, row.result);
  }
  const SvgScale scale = strip_scale(values);
  HtmlTable table;
  table.kind = "plots";
  table.caption = caption;
  table.header = {"system", "accuracy, %", "95 %", {strip_axis(scale), "plot"}, "UAR, %", "95 %"};
  if (folds) table.header.emplace_back("mean of folds ± sd, %");
  table.header.emplace_back("ECE");
  table.header.emplace_back("NLL");
  table.header.emplace_back("AURC");
  for (const SystemRow& row : systems.rows) {
    const SystemResult& result = row.result;
    const bool scored = result.scores.total > 0;
    const auto &accuracy = result.accuracy_interval, &uar = result.uar_interval;
    std::vector<StripMark> marks;
    if (scored) marks.push_back({row.series, result.scores.accuracy, accuracy});
    std::vector<HtmlCell> cells = {
        row.title(),         percent_cell(result.scores.accuracy, scored), interval_cell(accuracy),
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

std::vector<SystemPair> against(const SystemTable& systems, std::size_t reference) {
  std::vector<SystemPair> pairs;
  for (std::size_t i = 0; i < systems.rows.size(); ++i) {
    const auto pair = i == reference ? std::nullopt : find_pair(systems.pairs, i, reference);
    if (pair) pairs.push_back(*pair);
  }
  return pairs;
}

Html comparison_table(const FusionResults& results, const SystemTable& systems) {
  if (systems.pair_clips == 0) return {};
  const std::size_t reference = best_modality(systems);
  const auto pairs = against(systems, reference);
  std::vector<double> values = {0};
  for (const SystemPair& pair : pairs) {
    // A weaker modality may lie far off: it would squeeze the others into one place.
    if (systems.rows[pair.one].alone) continue;
    values.push_back(pair.accuracy);
    if (!pair.accuracy_difference) continue;
    values.push_back(pair.accuracy_difference->interval.low);
    values.push_back(pair.accuracy_difference->interval.high);
  }
  const SvgScale scale = strip_scale(values, -1, 1);
  HtmlTable table;
  table.kind = "plots";
  table.caption =
      fmt::format("Against {} alone, the {} modality, on the {} clips that have {}",
                  systems.rows[reference].words, results.inputs.size() == 2 ? "better" : "best",
                  systems.pair_clips, together(results.inputs.size()));
  table.header = {"system",      "accuracy, points",
                  "95 %",        {strip_axis(scale, true), "plot"},
                  "bootstrap p", "repaired",
                  "broken",      "McNemar p",
                  "UAR, points", "95 %",
                  "bootstrap p"};
  for (const SystemPair& pair : pairs) {
    const SystemRow& row = systems.rows[pair.one];
    const auto &accuracy = pair.accuracy_difference, &uar = pair.uar_difference;
    std::optional<Interval> interval;
    if (accuracy) interval = accuracy->interval;
    table.rows.push_back({row.title(), points(pair.accuracy, 2), points(accuracy),
                          strip(scale, {{row.series, pair.accuracy, interval}}),
                          accuracy ? p_words(accuracy->p) : "–", fmt::format("{}", pair.only_one),
                          fmt::format("{}", pair.only_other), p_words(pair.mcnemar_p),
                          points(pair.uar, 2), points(uar), uar ? p_words(uar->p) : "–"});
  }
  return html_table(table) +
         element("p",
                 fmt::format("Bootstrap p: paired bootstrap over the units named above; McNemar: "
                             "exact, on the clips that only the one (repaired) or only the other "
                             "(broken) got right. Neither is corrected for the number of rows. "
                             "All other pairs are in {}.",
                             &systems == &results.rules ? "comparisons.csv" : "metrics.json"),
                 "note");
}

Html decision_table(const FusionResults& results) {
  const ScopeResult& scope = results.scope();
  HtmlTable table;
  table.caption = fmt::format("Which modality decided ({})", words_of(results.choice));
  table.header = {"decision", "clips", "right", "share right, %"};
  for (const auto& [name, tally] : decision_rows(results, scope)) {
    table.rows.push_back({name, fmt::format("{}", tally.clips), fmt::format("{}", tally.right),
                          percent_cell(tally.share(), tally.clips > 0)});
  }
  const std::string missing = missing_words(results, scope);
  return html_table(table) + (missing.empty() ? Html() : element("p", missing));
}

Html people_strip(const FusionResults& results) {
  std::vector<const GroupRow*> people;
  std::vector<double> values;
  for (const GroupRow& row : results.groups) {
    if (!row.person) continue;
    people.push_back(&row);
    for (const SystemResult& system : row.systems) {
      if (system.scores.total > 0) values.push_back(system.scores.accuracy);
    }
  }
  if (people.empty()) return {};
  const std::string& kind = people.front()->kind;
  const SvgScale scale = strip_scale(values);
  HtmlTable table;
  table.caption = fmt::format("Accuracy of each {}, %", kind);
  table.header = {kind, {strip_axis(scale), "plot"}};
  for (const SystemName& system : results.systems) table.header.emplace_back(system.words);
  table.header.emplace_back("clips");
  for (const GroupRow* row : people) {
    std::vector<StripMark> marks;
    std::vector<HtmlCell> shares;
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      const Scores& scores = row->systems[i].scores;
      if (scores.total > 0) marks.push_back({results.systems[i].series, scores.accuracy, {}});
      shares.emplace_back(percent_cell(scores.accuracy, scores.total > 0));
    }
    std::vector<HtmlCell> cells = {row->value, strip(scale, marks)};
    cells.insert(cells.end(), shares.begin(), shares.end());
    cells.emplace_back(fmt::format("{}", row->systems.back().scores.total));
    table.rows.push_back(std::move(cells));
  }
  const std::string& note = people.front()->note;
  return systems_key(results) + html_table(table) +
         (note.empty() ? Html() : element("p", note, "note"));
}

Html group_table(const FusionResults& results) {
  HtmlTable table;
  std::vector<std::string> kinds;
  for (const GroupRow& row : results.groups) {
    if (!row.person && (kinds.empty() || kinds.back() != row.kind)) kinds.push_back(row.kind);
  }
  table.caption = fmt::format("By {}", listed(kinds));
  table.header = {"group", "clips"};
  for (const char* metric : {"accuracy", "UAR"}) {
    for (const SystemName& system : results.systems) {
      table.header.emplace_back(fmt::format("{}: {}, %", system.words, metric));
    }
  }
  for (const GroupRow& row : results.groups) {
    if (row.person) continue;
    std::vector<HtmlCell> cells = {fmt::format("{}: {}", row.kind, row.value),
                                   fmt::format("{}", row.systems.back().scores.total)};
    for (const auto metric : {&Scores::accuracy, &Scores::uar}) {
      for (const SystemResult& system : row.systems) {
        cells.emplace_back(percent_cell(system.scores.*metric, system.scores.total > 0));
      }
    }
    table.rows.push_back(std::move(cells));
  }
  return table.rows.empty() ? Html() : html_table(table);
}

/// The clips whose answer fusion changed against one modality alone, with all answers.
Html changed_clips(const FusionResults& results, std::size_t modality, Change change) {
  HtmlTable table;
  table.kind = "clips";
  table.header = {"clip", {"truth", "text"}};
  for (const SystemName& system : results.systems) {
    table.header.emplace_back(system.words, "text");
    table.header.emplace_back("sure, %");
  }
  table.header.emplace_back("decided by", "text");
  for (const FusedClip& clip : results.scored) {
    if (clip.against[modality] != change) continue;
    std::vector<HtmlCell> cells = {clip.clip->clip, clip.clip->label};
    for (std::size_t s = 0; s < results.systems.size(); ++s) {
      const auto answer = clip.answer_of(s);
      cells.emplace_back(answer ? results.classes[*answer] : "missing");
      cells.emplace_back(answer ? fmt::format("{:.1f}", 100 * clip.probabilities_of(s)[*answer])
                                : "–");
    }
    const auto& decider = clip.fused.decided_by;
    cells.emplace_back(decider ? results.systems[*decider].words
                               : deciding_together(results.inputs.size()));
    table.rows.push_back(std::move(cells));
  }
  if (table.rows.empty()) return {};
  const std::string& words = results.systems[modality].words;
  const std::string verb = change == Change::repaired ? "repaired" : "broke";
  table.caption = fmt::format("Answers of {} that fusion {}", words, verb);
  return html_details(fmt::format("{} answer{} of {} that fusion {}", table.rows.size(),
                                  table.rows.size() == 1 ? "" : "s", words, verb),
                      html_table(table));
}

/// What the intervals of a table were drawn over, behind which a sentence may follow.
std::string interval_words(const SystemTable& systems) {
  return systems.bootstrap.empty() ? "" : "95 % intervals: bootstrap, " + systems.bootstrap + ". ";
}

}  // namespace

Html combinations_section(const FusionResults& results) {
  const SystemTable& sets = results.combinations;
  return systems_table(sets, fmt::format("Modalities alone and fused by {}, {}",
                                         words_of(results.choice), sets.title)) +
         element("p", interval_words(sets) + "Where a clip lacks a modality, the others answer.",
                 "note") +
         comparison_table(results, sets);
}

Html rules_section(const FusionResults& results) {
  return systems_table(results.rules,
                       fmt::format("Modalities and fusion rules, {}", results.rules.title)) +
         element("p", interval_words(results.rules) + results.fits.note, "note") +
         comparison_table(results, results.rules) + decision_table(results);
}

Html groups_section(const FusionResults& results) {
  if (results.groups.empty()) {
    return element(
        "p", "Nothing is known of the clips beside their labels, so nothing tells who speaks.");
  }
  return element("p", Html(results.scope().title + "."), "quiet") + people_strip(results) +
         group_table(results);
}

Html changed_clips_section(const FusionResults& results) {
  const ScopeResult& scope = results.scope();
  Html html = element("p", Html(scope.title + "."), "quiet");
  for (std::size_t i = 0; i < results.inputs.size(); ++i) {
    const auto gain = static_cast<long>(scope.repaired[i]) - static_cast<long>(scope.broken[i]);
    html += element("p", fmt::format("Against {} alone, fusion repaired {} and broke {} of its "
                                     "answers ({}{}).",
                                     results.systems[i].words, scope.repaired[i], scope.broken[i],
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
