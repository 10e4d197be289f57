#include "fusion/paper_tables.h"

#include <fmt/format.h>

#include "base/text.h"
#include "fusion/text.h"
#include "report/tables.h"

namespace aver {
namespace {

std::string system_words(const RuleRow& row) {
  const std::string words = words_of(row);
  return row.key == "audio" || row.key == "visual" ? words : "both, " + words;
}

std::string latex_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '%':
      case '&':
      case '#':
      case '_':
      case '$':
      case '{':
      case '}':
        result += '\\';
        result += c;
        break;
      case '\\':
        result += "\\textbackslash{}";
        break;
      case '~':
        result += "\\textasciitilde{}";
        break;
      case '^':
        result += "\\textasciicircum{}";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// Text, not HTML and not table structure.
std::string markdown_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '`') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

/// One line per system: its name, then accuracy, UAR, mean of folds, ECE and NLL as text.
std::vector<std::vector<std::string>> cells_of(const RuleTable& rules) {
  std::vector<std::vector<std::string>> lines;
  const auto with_interval = [](double share, const std::optional<Interval>& interval) {
    return interval ? fmt::format("{:.1f} [{}]", 100 * share, interval_text(interval))
                    : fmt::format("{:.1f}", 100 * share);
  };
  for (const RuleRow& row : rules.rows) {
    const SystemResult& result = row.result;
    lines.push_back(
        {system_words(row), with_interval(result.scores.accuracy, result.accuracy_interval),
         with_interval(result.scores.uar, result.uar_interval),
         row.accuracy_of_folds ? fmt::format("{:.1f} ± {:.1f}", 100 * row.accuracy_of_folds->mean,
                                             100 * row.accuracy_of_folds->deviation)
                               : "–",
         fmt::format("{:.3f}", result.calibration_error),
         fmt::format("{:.3f}", result.negative_log_likelihood)});
  }
  return lines;
}

constexpr std::array<const char*, 6> kColumns = {"System", "Accuracy", "UAR", "Mean of folds ± sd",
                                                 "ECE",    "NLL"};

std::string caption_of(const FusionResults& results) {
  const std::string audio = results.scope().verdicts[0].sentence(),
                    visual = results.scope().verdicts[1].sentence();
  std::string text = results.caption.empty() ? "" : results.caption + " ";
  text += fmt::format("Accuracy and unweighted average recall in percent, {}", results.rules.title);
  if (!results.rules.bootstrap.empty()) {
    text += fmt::format("; in brackets 95 % bootstrap intervals, {}", results.rules.bootstrap);
  }
  text += ". " + results.fits.note;
  return text + (audio == visual ? fmt::format(" Sound and picture: {}", audio)
                                 : fmt::format(" Sound: {} Picture: {}", audio, visual));
}

}  // namespace

std::string latex_of(const FusionResults& results) {
  std::string text =
      "% by aver-evaluate-fusion; needs \\usepackage{booktabs} and UTF-8\n"
      "\\begin{table}\n  \\centering\n  \\begin{tabular}{lccccc}\n    \\toprule\n";
  text += fmt::format("    {} \\\\\n    \\midrule\n", fmt::join(kColumns, " & "));
  for (const auto& cells : cells_of(results.rules)) {
    std::vector<std::string> escaped;
    for (const std::string& cell : cells) escaped.push_back(latex_text(cell));
    text += fmt::format("    {} \\\\\n", fmt::join(escaped, " & "));
  }
  text += "    \\bottomrule\n  \\end{tabular}\n";
  return text + fmt::format("  \\caption{{{}}}\n\\end{{table}}\n", latex_text(caption_of(results)));
}

std::string markdown_of(const FusionResults& results) {
  std::string text = fmt::format("| {} |\n|:--|--:|--:|--:|--:|--:|\n", fmt::join(kColumns, " | "));
  for (const auto& cells : cells_of(results.rules)) {
    text += fmt::format("| {} |\n", fmt::join(cells, " | "));
  }
  return text + "\n" + markdown_text(caption_of(results)) + "\n";
}

}  // namespace aver
