#include "fusion/report_systems.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fusion/modalities.h"
#include "fusion/report.h"
#include "fusion/text.h"
#include "report/svg.h"
#include "report/words.h"

namespace aver {
namespace {

constexpr std::array<std::string_view, 9> kShades = {"s0", "s1", "s2", "s3", "s4",
                                                     "s5", "s6", "s7", "s8"};

HtmlCell matrix_cell(std::size_t count, std::size_t support, bool hit) {
  const double share =
      support > 0 ? static_cast<double>(count) / static_cast<double>(support) : 0.0;
  const auto shade = static_cast<std::size_t>(std::lround(share * (kShades.size() - 1)));
  const std::string text = fmt::format("{}", count);
  return {hit ? Html::markup("<span class=\"hit\">" + text + "</span>") : Html(text),
          kShades[shade]};
}

Html matrices(const FusionResults& results, const ScopeResult& scope) {
  Html html;
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    html += confusion_table(scope.systems[i], capitalised(system_title(results, i)));
  }
  return element("div", html, "matrices");
}

Html class_table(const FusionResults& results, const ScopeResult& scope) {
  HtmlTable table;
  table.kind = "names";
  table.caption = scope.title + ": precision, recall and F1 by class";
  table.header = {"class", "clips"};
  for (const char* metric : {"precision", "recall", "F1"}) {
    for (const SystemName& system : results.systems) {
      table.header.emplace_back(fmt::format("{}: {}", system.words, metric));
    }
  }
  for (std::size_t c = 0; c < results.classes.size(); ++c) {
    std::vector<HtmlCell> row = {results.classes[c],
                                 fmt::format("{}", scope.systems.back().scores.classes[c].support)};
    for (const auto metric : {&ClassScores::precision, &ClassScores::recall, &ClassScores::f1}) {
      for (const SystemResult& system : scope.systems) {
        row.emplace_back(fmt::format("{:.3f}", system.scores.classes[c].*metric));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return html_table(table);
}

Html reliability_figure(const FusionResults& results, std::size_t system) {
  const SystemResult& result = results.scope().systems[system];
  if (result.answers.empty()) return {};
  const std::string name = capitalised(results.systems[system].words);
  const std::string label = fmt::format(
      "Reliability of {}: accuracy over confidence in 15 bins, expected calibration error {:.3f}. "
      "The numbers are in the table below.",
      system_title(results, system), result.calibration_error);
  return element(
      "figure",
      element("figcaption", Html(fmt::format("{}: ECE {:.3f}", name, result.calibration_error))) +
          reliability_chart(calibration_bins(result.answers), results.systems[system].series,
                            label));
}

Html reliability_table(const FusionResults& results) {
  HtmlTable table;
  table.caption = "Reliability by bin of confidence";
  table.header = {"confidence, %"};
  for (const SystemName& system : results.systems) {
    for (const char* metric : {"clips", "mean confidence, %", "accuracy, %"}) {
      table.header.emplace_back(fmt::format("{}: {}", system.words, metric));
    }
  }
  std::vector<std::vector<CalibrationBin>> bins;
  for (const SystemResult& system : results.scope().systems) {
    bins.push_back(calibration_bins(system.answers));
  }
  for (std::size_t b = 0; b < bins.front().size(); ++b) {
    std::vector<HtmlCell> row = {
        fmt::format("{:.1f}–{:.1f}", 100 * bins[0][b].low, 100 * bins[0][b].high)};
    for (const auto& its : bins) {
      row.emplace_back(fmt::format("{}", its[b].count));
      row.emplace_back(percent_cell(its[b].mean_confidence, its[b].count > 0));
      row.emplace_back(percent_cell(its[b].accuracy, its[b].count > 0));
    }
    table.rows.push_back(std::move(row));
  }
  return html_table(table);
}

Html sets_part(const FusionResults& results) {
  if (!results.sets) return {};
  HtmlTable table;
  table.caption =
      fmt::format("Prediction sets of {} by {}, {} clips", together(results.inputs.size()),
                  words_of(results.choice), results.sets->clips.size());
  table.header = {"figure", "value", "95 %"};
  for (const auto& cells : set_rows(*results.sets)) {
    table.rows.push_back({cells[0], cells[1], cells[2]});
  }
  return element("h3", "Prediction sets") + html_table(table) +
         element("p", set_words(*results.sets), "note");
}

/// Share of errors among the surest `percent` of the clips, as in risk_coverage.csv.
double risk_at(const std::vector<double>& risk, std::size_t percent) {
  return risk[std::max<std::size_t>(1, risk.size() * percent / 100) - 1];
}

Html risk_chart(const FusionResults& results) {
  std::vector<Curve> curves;
  HtmlTable table;
  table.caption = "Errors among the surest clips, %";
  table.header = {"surest clips, %"};
  std::vector<std::vector<double>> risks;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    words.push_back(results.systems[i].words);
    table.header.emplace_back(words.back());
    risks.push_back(selective_risk(results.scope().systems[i].answers));
    curves.push_back({results.systems[i].series, {}});
    for (std::size_t percent = 1; percent <= 100 && !risks[i].empty(); ++percent) {
      curves[i].points.emplace_back(.01 * static_cast<double>(percent), risk_at(risks[i], percent));
    }
  }
  for (std::size_t percent = 10; percent <= 100; percent += 10) {
    std::vector<HtmlCell> row = {fmt::format("{}", percent)};
    for (const auto& risk : risks) {
      row.emplace_back(risk.empty() ? "–" : percent_cell(risk_at(risk, percent)));
    }
    table.rows.push_back(std::move(row));
  }
  const Html chart = curve_chart(curves, "surest clips, %", "errors among them, %",
                                 fmt::format("Risk over coverage: the share of errors among the "
                                             "surest clips, for {}. The numbers are in the table "
                                             "below.",
                                             listed(words)));
  return element("h3", "Risk and coverage") +
         element("p",
                 "When only the surest clips are answered, how many of these answers are wrong? A "
                 "line that stays low means that confidence tells right from wrong.") +
         systems_key(results) + chart +
         html_details("Risk and coverage as numbers", html_table(table));
}

}  // namespace

Html confusion_table(const SystemResult& system, const std::string& name) {
  const ConfusionMatrix& matrix = system.matrix;
  if (matrix.total() == 0) return {};
  const auto& classes = matrix.classes();
  HtmlTable table;
  table.kind = "matrix";
  table.caption = fmt::format("{}, {} clips", name, matrix.total());
  table.header = {"true class"};
  for (const std::string& one : classes) {
    table.header.emplace_back(Html::markup("<span>") + one + Html::markup("</span>"));
  }
  table.header.emplace_back(Html::markup("<span>recall, %</span>"), "recall");
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    const std::size_t support = matrix.support(truth);
    std::vector<HtmlCell> row = {classes[truth]};
    for (std::size_t answer = 0; answer < classes.size(); ++answer) {
      row.push_back(matrix_cell(matrix.at(truth, answer), support, truth == answer));
    }
    row.emplace_back(support > 0 ? fmt::format("{:.1f}", 100 * system.scores.classes[truth].recall)
                                 : "–");
    table.rows.push_back(std::move(row));
  }
  return html_table(table);
}

HtmlCell share_cell(const std::optional<double>& share, const std::string& more) {
  if (!share) return {"–"};
  const auto shade = static_cast<std::size_t>(std::lround(*share * (kShades.size() - 1)));
  return {Html(fmt::format("{:.1f}", 100 * *share)) +
              (more.empty() ? Html() : element("small", " " + more)),
          kShades[shade]};
}

Html confusion_section(const FusionResults& results) {
  Html html = element("p",
                      "Rows are the true class, columns the answer. Each cell counts clips and is "
                      "shaded by its share of the row; right answers are underlined.");
  html += element("p", Html(results.scope().title + "."), "quiet");
  html += matrices(results, results.scope());
  html += html_details("Precision, recall and F1 by class", class_table(results, results.scope()));
  for (auto scope = results.scopes.rbegin() + 1; scope != results.scopes.rend(); ++scope) {
    html += html_details(scope->title, matrices(results, *scope) + class_table(results, *scope));
  }
  return html;
}

Html reliability_section(const FusionResults& results) {
  Html charts;
  for (std::size_t i = 0; i < results.systems.size(); ++i) charts += reliability_figure(results, i);
  return element(
             "p",
             "Is a system right as often as it is sure? Marks on the dashed diagonal are; below "
             "it, it is surer than right. Larger marks stand for more clips; the lines are the "
             "gaps that the expected calibration error (ECE) averages.") +
         element("p", Html(results.scope().title + "."), "quiet") +
         element("div", charts, "charts") +
         html_details("Reliability as numbers", reliability_table(results)) + risk_chart(results) +
         sets_part(results);
}

}  // namespace aver
