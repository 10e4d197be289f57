#include "fusion/paper_tables.h"

#include <fmt/format.h>

#include "fusion/modalities.h"
#include "fusion/text.h"
#include "report/paper_text.h"
#include "report/tables.h"
#include "report/words.h"

namespace aver {
namespace {

/// One line per system: its name, then accuracy, UAR, mean of folds, ECE and NLL as text.
std::vector<std::vector<std::string>> cells_of(const FusionResults& results,
                                               const SystemTable& systems) {
  std::vector<std::vector<std::string>> lines;
  const auto with_interval = [](const std::optional<double>& share,
                                const std::optional<Interval>& interval) {
    if (!share) return std::string("–");
    return interval ? fmt::format("{:.1f} [{}]", 100 * *share, interval_text(interval))
                    : fmt::format("{:.1f}", 100 * *share);
  };
  const bool rules = &systems == &results.rules;
  for (const SystemRow& row : systems.rows) {
    const bool fused = rules && !row.alone;
    const SystemResult& result = row.result;
    const auto number = [&](double value) {
      return result.scores.total > 0 ? fmt::format("{:.3f}", value) : "–";
    };
    lines.push_back(
        {(fused ? together(results.inputs.size()) + ", " : "") + row.title(),
         with_interval(figure(result.scores, &Scores::accuracy), result.accuracy_interval),
         with_interval(figure(result.scores, &Scores::uar), result.uar_interval),
         row.accuracy_of_folds ? fmt::format("{:.1f} ± {:.1f}", 100 * row.accuracy_of_folds->mean,
                                             100 * row.accuracy_of_folds->deviation)
                               : "–",
         number(result.calibration_error), number(result.negative_log_likelihood)});
  }
  return lines;
}

constexpr std::array<const char*, 6> kColumns = {"System", "Accuracy", "UAR", "Mean of folds ± sd",
                                                 "ECE",    "NLL"};

std::string caption_of(const FusionResults& results, const SystemTable& systems) {
  std::string text = results.caption.empty() ? "" : results.caption + " ";
  text += fmt::format("Accuracy and unweighted average recall in percent, {}", systems.title);
  if (&systems == &results.combinations) {
    text += fmt::format(", fused by {}", words_of(results.choice));
  }
  if (!systems.bootstrap.empty()) {
    text += fmt::format("; in brackets 95 % bootstrap intervals, {}", systems.bootstrap);
  }
  text += ". " + results.fits.note;
  for (const SpokenVerdict& verdict : spoken_verdicts(results, results.scope())) {
    text += fmt::format(" {}: {}", capitalised(listed(verdict.modalities)), verdict.sentence);
  }
  return text;
}

std::string latex_table(const FusionResults& results, const SystemTable& systems) {
  std::string text = "\\begin{table}\n  \\centering\n  \\begin{tabular}{lccccc}\n    \\toprule\n";
  text += fmt::format("    {} \\\\\n    \\midrule\n", fmt::join(kColumns, " & "));
  for (const auto& cells : cells_of(results, systems)) {
    std::vector<std::string> escaped;
    for (const std::string& cell : cells) escaped.push_back(latex_text(cell));
    text += fmt::format("    {} \\\\\n", fmt::join(escaped, " & "));
  }
  text += "    \\bottomrule\n  \\end{tabular}\n";
  return text + fmt::format("  \\caption{{{}}}\n\\end{{table}}\n",
                            latex_text(caption_of(results, systems)));
}

std::string markdown_table(const FusionResults& results, const SystemTable& systems) {
  std::string text = fmt::format("| {} |\n|:--|--:|--:|--:|--:|--:|\n", fmt::join(kColumns, " | "));
  for (const auto& cells : cells_of(results, systems)) {
    text += fmt::format("| {} |\n", fmt::join(cells, " | "));
  }
  return text + "\n" + markdown_text(caption_of(results, systems)) + "\n";
}

}  // namespace

std::string latex_of(const FusionResults& results) {
  std::string text = "% by aver-evaluate-fusion; needs \\usepackage{booktabs} and UTF-8\n";
  if (!results.combinations.rows.empty()) text += latex_table(results, results.combinations) + "\n";
  return text + latex_table(results, results.rules);
}

std::string markdown_of(const FusionResults& results) {
  std::string text;
  if (!results.combinations.rows.empty()) {
    text += markdown_table(results, results.combinations) + "\n";
  }
  return text + markdown_table(results, results.rules);
}

}  // namespace aver
