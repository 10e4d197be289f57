#include "fusion/evaluation_page.h"

#include <fmt/format.h>

#include "aver/version.h"
#include "fusion/evaluation_tables.h"
#include "fusion/report.h"
#include "fusion/report_systems.h"
#include "fusion/text.h"
#include "report/svg.h"
#include "report/tables.h"
#include "report/words.h"

namespace aver {
namespace {

/// A row of scores for each name, with accuracy and UAR as marks beside each other.
Html scores_table(const std::string& caption, const std::string& first,
                  const std::vector<std::pair<std::string, const SystemResult*>>& rows) {
  std::vector<double> values;
  for (const auto& [name, result] : rows) {
    add_bounds(values, *result);
    if (result->scores.total > 0) values.push_back(result->scores.uar);
  }
  const SvgScale scale = strip_scale(values);
  HtmlTable table;
  table.kind = "plots";
  table.caption = caption;
  table.header = {first, "accuracy, %", "95 %", "UAR, %", "95 %", {strip_axis(scale), "plot"}};
  for (const char* name : {"macro F1, %", "ECE", "NLL", "clips"}) table.header.emplace_back(name);
  for (const auto& [name, result] : rows) {
    const Scores& scores = result->scores;
    const bool scored = scores.total > 0;
    const auto number = [&](double value) {
      return scored ? fmt::format("{:.3f}", value) : std::string("–");
    };
    table.rows.push_back(
        {name, percent_cell(scores.accuracy, scored), interval_cell(result->accuracy_interval),
         HtmlCell(element("strong", percent_cell(scores.uar, scored))),
         interval_cell(result->uar_interval),
         scored ? strip(scale, {{0, scores.uar, result->uar_interval}}) : strip(scale, {}),
         percent_cell(scores.macro_f1, scored), number(result->calibration_error),
         number(result->negative_log_likelihood), fmt::format("{}", scores.total)});
  }
  return html_table(table);
}

Html systems_section(const Evaluation& evaluation) {
  std::vector<std::pair<std::string, const SystemResult*>> rows;
  Html notes;
  for (const EvaluatedSystem& system : evaluation.systems) {
    rows.emplace_back(system.name, &system.result);
    std::string note = fmt::format("{}: {}", system.name, remarks_on(system));
    if (system.uar_of_folds) {
      note += fmt::format(" Mean of {} folds ± sd: accuracy {} %, UAR {} %.",
                          system.uar_of_folds->folds, folds_cell(system.accuracy_of_folds),
                          folds_cell(system.uar_of_folds));
    }
    notes += element("p", note, "note");
  }
  Html html = scores_table("On the clips that test each", "system", rows);
  if (const auto words = resampled_words(evaluation); !words.empty()) {
    html += element("p", words + " The marks are the unweighted average recalls (UAR).", "note");
  }
  return html + notes;
}

Html confusion_section(const Evaluation& evaluation) {
  Html html;
  for (const EvaluatedSystem& system : evaluation.systems) {
    html += confusion_table(system.result, system.name);
  }
  return element("div", html, "matrices");
}

Html reliability_section(const Evaluation& evaluation) {
  Html html;
  for (const EvaluatedSystem& system : evaluation.systems) {
    if (system.result.answers.empty()) continue;
    const double error = system.result.calibration_error;
    const std::string label = fmt::format(
        "Reliability of {}: accuracy over confidence in 15 bins, expected calibration error "
        "{:.3f}.",
        system.name, error);
    html +=
        element("figure", element("figcaption", fmt::format("{}: ECE {:.3f}", system.name, error)) +
                              reliability_chart(calibration_bins(system.result.answers), 0, label));
  }
  return element("div", html, "charts");
}

Html pairs_section(const Evaluation& evaluation) {
  HtmlTable table;
  table.caption = "Each two, on the clips that test both";
  table.header = {"system",   {"against", "text"}, "clips",          "UAR, points", "95 %",    "p",
                  "p (Holm)", "only one right",    "only the other", "McNemar p",   "p (Holm)"};
  for (const ComparedPair& compared : evaluation.pairs) {
    const SystemPair& pair = compared.pair;
    const auto& difference = pair.uar_difference;
    table.rows.push_back(
        {evaluation.systems[pair.one].name, evaluation.systems[pair.other].name,
         fmt::format("{}", compared.clips), fmt::format("{:+.2f}", 100 * pair.uar),
         points_interval(difference, "–"), difference ? fmt::format("{:.4f}", difference->p) : "–",
         compared.uar_holm ? fmt::format("{:.4f}", *compared.uar_holm) : "–",
         fmt::format("{}", pair.only_one), fmt::format("{}", pair.only_other),
         fmt::format("{:.2g}", pair.mcnemar_p), fmt::format("{:.2g}", compared.mcnemar_holm)});
  }
  return html_table(table) +
         element(
             "p",
             "p: paired bootstrap of UAR. McNemar: exact. Holm: after correction for the number "
             "of pairs.",
             "note");
}

Html groups_section(const Evaluation& evaluation) {
  Html html;
  for (const ColumnGroups& groups : evaluation.groups) {
    std::vector<std::pair<std::string, const SystemResult*>> rows;
    for (const auto& [value, result] : groups.values) rows.emplace_back(value, &result);
    html +=
        scores_table(fmt::format("{} by {}", evaluation.systems[groups.system].name, groups.column),
                     groups.column, rows) +
        element("p", gap_words(groups));
  }
  return html;
}

Html cross_section(const Evaluation& evaluation) {
  Html html;
  for (const CrossTable& cross : evaluation.cross) {
    HtmlTable table;
    table.kind = "shares";
    table.caption = fmt::format("{}: UAR in %, from each {} to each", cross.name, cross.column);
    table.header = {"trained on"};
    for (const std::string& value : cross.values) table.header.emplace_back(value);
    for (const auto& training : cross.training_sets()) {
      std::vector<HtmlCell> row = {cross.words_of(training)};
      for (const std::string& value : cross.values) {
        const CrossCell* cell = cross.find(training, value);
        const bool interval = cell != nullptr && cell->result.uar_interval.has_value();
        row.push_back(
            share_cell(cell == nullptr ? std::nullopt : std::optional(cell->result.scores.uar),
                       interval ? interval_text(cell->result.uar_interval) : ""));
      }
      table.rows.push_back(std::move(row));
    }
    html += html_table(table);
    for (const std::string& note : cross_notes(evaluation, cross))
      html += element("p", note, "note");
    std::vector<std::pair<std::string, const SystemResult*>> rows;
    for (const CrossCell& cell : cross.cells) {
      rows.emplace_back(fmt::format("{} → {}", cross.words_of(cell.training), cell.tested),
                        &cell.result);
    }
    html += scores_table(cross.name + ": every cell", "trained on → tested on", rows);
  }
  return html;
}

}  // namespace

std::string html_of(const Evaluation& evaluation) {
  Html lead = evaluation.caption.empty() ? Html() : element("p", evaluation.caption, "lead");
  lead += element("p", "aver-evaluate " AVER_VERSION, "quiet");
  std::vector<HtmlSection> sections;
  const auto add = [&](const char* id, const char* title, Html content) {
    sections.push_back({id, title, std::move(content)});
  };
  if (!evaluation.systems.empty()) add("scores", "Scores", systems_section(evaluation));
  if (!evaluation.cross.empty()) add("cross", "From each to each", cross_section(evaluation));
  if (!evaluation.pairs.empty()) add("pairs", "Comparisons", pairs_section(evaluation));
  if (!evaluation.groups.empty()) add("groups", "Groups", groups_section(evaluation));
  if (!evaluation.systems.empty()) {
    add("confusion", "Confusion matrices", confusion_section(evaluation));
    add("reliability", "Reliability", reliability_section(evaluation));
  }
  return html_page("Evaluation", lead, sections);
}

}  // namespace aver
