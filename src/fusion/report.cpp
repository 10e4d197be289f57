#include "fusion/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "aver/version.h"
#include "fusion/report_clips.h"
#include "fusion/report_systems.h"
#include "fusion/text.h"
#include "report/svg.h"
#include "report/tables.h"
#include "report/words.h"

namespace aver {
namespace {

constexpr std::string_view kNone = "–";

/// What a verdict comes down to, the best first.
enum class Leakage { none_found, not_checkable, found };

Leakage leakage_of(const LeakVerdict& verdict) {
  if (!verdict.checked()) return Leakage::not_checkable;
  return verdict.leaks() ? Leakage::found : Leakage::none_found;
}

std::string_view word_of(Leakage leakage) {
  static constexpr std::array<std::string_view, 3> kWords = {"no leak found", "cannot be checked",
                                                             "LEAK"};
  return kWords[static_cast<std::size_t>(leakage)];
}

Html verdict_box(std::string_view system, Leakage leakage, const std::string& finding) {
  const bool good = leakage == Leakage::none_found, bad = leakage == Leakage::found;
  const std::string sign = good ? "✓ " : bad ? "✕ " : "? ";
  const Html word =
      Html::markup("<span aria-hidden=\"true\">" + sign + "</span>") + word_of(leakage);
  return element("div", element("h4", system) + element("p", word, "word") + element("p", finding),
                 good  ? "verdict good"
                 : bad ? "verdict bad"
                       : "verdict unclear");
}

Html scope_verdicts(const FusionResults& results, const ScopeResult& scope) {
  Html boxes;
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    const LeakVerdict& verdict = scope.verdicts[m];
    boxes +=
        verdict_box(capitalised(results.systems[m].words), leakage_of(verdict), verdict.finding());
  }
  for (std::size_t s = 0; s < results.systems.size(); ++s) {
    if (scope.known_counts[s].empty()) continue;
    boxes += verdict_box(capitalised(results.systems[s].words), Leakage::found,
                         capitalised(scope.known_counts[s]) + ".");
  }
  Html notes;
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    const std::string& uses = results.inputs[m].uses;
    if (uses.empty()) continue;
    notes += element("p", fmt::format("{}: {}.", capitalised(results.systems[m].words), uses));
  }
  const std::string trained = trained_words(results, scope);
  return element("h3", scope.title) + element("div", boxes, "verdicts") + notes +
         (trained.empty() ? Html() : element("p", trained, "quiet"));
}

Html scope_table(const FusionResults& results, const ScopeResult& scope) {
  std::vector<double> values;
  for (const SystemResult& system : scope.systems) add_bounds(values, system);
  const SvgScale scale = strip_scale(values);
  HtmlTable table;
  table.kind = "plots";
  table.caption = scope.title;
  table.header = {"system", "accuracy, %"};
  if (!scope.bootstrap.empty()) table.header.emplace_back("95 %");
  table.header.emplace_back(strip_axis(scale), "plot");
  table.header.emplace_back("UAR, %");
  if (!scope.bootstrap.empty()) table.header.emplace_back("95 %");
  for (const char* name : {"macro F1, %", "ECE", "NLL", "AURC", "clips"})
    table.header.emplace_back(name);
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    const SystemResult& system = scope.systems[i];
    const Scores& scores = system.scores;
    const bool scored = scores.total > 0;
    const auto number = [&](double value) {
      return scored ? fmt::format("{:.3f}", value) : std::string(kNone);
    };
    const auto &accuracy = system.accuracy_interval, &uar = system.uar_interval;
    std::vector<HtmlCell> row = {
        system_title(results, i),
        HtmlCell(element("strong", percent_cell(scores.accuracy, scored)))};
    if (!scope.bootstrap.empty()) row.emplace_back(interval_cell(accuracy));
    row.emplace_back(scored ? strip(scale, {{results.systems[i].series, scores.accuracy, accuracy}})
                            : strip(scale, {}));
    row.emplace_back(percent_cell(scores.uar, scored));
    if (!scope.bootstrap.empty()) row.emplace_back(interval_cell(uar));
    row.emplace_back(percent_cell(scores.macro_f1, scored));
    for (const double value : {system.calibration_error, system.negative_log_likelihood,
                               system.area_under_risk_coverage}) {
      row.emplace_back(number(value));
    }
    row.emplace_back(fmt::format("{}", scores.total));
    table.rows.push_back(std::move(row));
  }
  Html html = html_table(table);
  if (!scope.bootstrap.empty()) {
    html += element("p", Html("95 % intervals: bootstrap, " + scope.bootstrap + "."), "note");
  }
  return html;
}

Html fold_table(const FusionResults& results, const ScopeResult& scope) {
  if (scope.folds.empty()) return {};
  HtmlTable table;
  table.caption = scope.title + ": by fold";
  table.header = {"fold", "clips"};
  for (const char* metric : {"accuracy", "UAR"}) {
    for (const SystemName& system : results.systems) {
      table.header.emplace_back(fmt::format("{}: {}, %", system.words, metric));
    }
  }
  for (const FoldResult& fold : scope.folds) {
    std::vector<HtmlCell> row = {fmt::format("{}", fold.fold), fmt::format("{}", fold.clips)};
    for (const auto& share : fold.accuracy) row.emplace_back(percent_cell(share));
    for (const auto& share : fold.uar) row.emplace_back(percent_cell(share));
    table.rows.push_back(std::move(row));
  }
  std::vector<HtmlCell> mean = {"mean", ""}, deviation = {"sd (n − 1)", ""};
  for (const auto metric : {&FoldResult::accuracy, &FoldResult::uar}) {
    for (std::size_t i = 0; i < results.systems.size(); ++i) {
      const auto folds = mean_of_folds(scope.folds, i, metric).value_or(MeanOfFolds());
      mean.emplace_back(percent_cell(folds.mean, folds.folds > 0));
      deviation.emplace_back(percent_cell(folds.deviation, folds.folds > 0));
    }
  }
  table.rows.push_back(std::move(mean));
  table.rows.push_back(std::move(deviation));
  table.last_rows = 2;
  Html words;
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    const auto folds = mean_of_folds(scope.folds, i, &FoldResult::accuracy);
    words += Html(i == 0 ? "Mean accuracy of folds ± standard deviation: " : ", ") +
             fmt::format("{} {}{}", results.systems[i].words, folds_cell(folds), folds ? " %" : "");
  }
  return element("p", words + Html(".")) + html_table(table);
}

std::string input_words(const ModalityInput& input) {
  std::string text = fmt::format("{} ({}), {} clips", shown_name(input),
                                 input.is_run ? "run folder" : "table of posteriors",
                                 input.predictions.rows.size());
  if (input.split && !input.split->protocol.empty()) {
    text += fmt::format("; split: {}, seed {}", input.split->protocol, input.split->seed);
  } else {
    text += "; its split is not recorded with it";
  }
  if (input.other_channel > 0) {
    text += fmt::format("; {} clips of the other vocal channel left out", input.other_channel);
  }
  return text;
}

Html fits_table(const FusionResults& results) {
  const auto& fits = results.fits.of_all();
  if (fits.empty()) return {};
  HtmlTable table;
  table.caption = "What was fitted";
  table.header = {"fitted on"};
  const auto add_headers = [&](std::size_t count, const char* before, const char* behind) {
    for (std::size_t m = 0; m < count; ++m) {
      table.header.emplace_back(before + results.systems[m].words + behind);
    }
  };
  const std::size_t weights = shown_weights(fits.front()).size();
  add_headers(results.inputs.size(), "temperature of ", "");
  add_headers(results.inputs.size(), "product: temperature of ", "");
  table.header.emplace_back("after it");
  add_headers(results.inputs.size(), "exponent of ", "");
  add_headers(weights, "weight of ", "");
  if (weights == 1) {
    table.header.emplace_back("the same with temperatures");
  } else {
    add_headers(weights, "weight of ", " with temperatures");
  }
  for (std::size_t i = 0; i < fits.size(); ++i) {
    std::vector<HtmlCell> row = {results.fits.fitted_on[i]};
    for (const double temperature : fits[i].temperatures) {
      row.emplace_back(fmt::format("{:.3f}", temperature));
    }
    const ProductShown products = shown_products(fits[i]);
    for (const auto& numbers : {products.temperatures, products.exponents}) {
      for (const double number : numbers) row.emplace_back(fmt::format("{:.3f}", number));
    }
    const auto shown = shown_weights(fits[i]);
    for (const auto weight : {&WeightShown::plain, &WeightShown::scaled}) {
      for (const WeightShown& one : shown) row.emplace_back(fmt::format("{:.2f}", one.*weight));
    }
    table.rows.push_back(std::move(row));
  }
  return html_table(table);
}

}  // namespace

void add_bounds(std::vector<double>& values, const SystemResult& system) {
  if (system.scores.total == 0) return;
  values.push_back(system.scores.accuracy);
  if (!system.accuracy_interval) return;
  values.push_back(system.accuracy_interval->low);
  values.push_back(system.accuracy_interval->high);
}

std::string percent_cell(const std::optional<double>& share, bool scored) {
  return scored && share ? fmt::format("{:.2f}", 100 * *share) : std::string(kNone);
}

std::string interval_cell(const std::optional<Interval>& interval) {
  return interval ? interval_text(interval) : std::string(kNone);
}

std::string folds_cell(const std::optional<MeanOfFolds>& folds) {
  return folds ? fmt::format("{:.1f} ± {:.1f}", 100 * folds->mean, 100 * folds->deviation)
               : std::string(kNone);
}

Html systems_key(const FusionResults& results) {
  Html items;
  for (std::size_t i = 0; i < results.systems.size(); ++i) {
    items += element("li", series_key(results.systems[i].series) + system_title(results, i));
  }
  return element("ul", items, "key");
}

std::string leakage_words(const ScopeResult& scope) {
  Leakage worst = Leakage::none_found;
  for (const LeakVerdict& verdict : scope.verdicts) worst = std::max(worst, leakage_of(verdict));
  for (const std::string& known : scope.known_counts) {
    if (!known.empty()) worst = Leakage::found;
  }
  return std::string(word_of(worst));
}

Html leakage_section(const FusionResults& results) {
  Html html = scope_verdicts(results, results.scope());
  if (!results.held_out_note.empty()) html += element("p", results.held_out_note);
  for (auto scope = results.scopes.rbegin() + 1; scope != results.scopes.rend(); ++scope) {
    html += scope_verdicts(results, *scope);
  }
  return html;
}

Html accuracy_section(const FusionResults& results) {
  Html html;
  for (auto scope = results.scopes.rbegin(); scope != results.scopes.rend(); ++scope) {
    html += scope_table(results, *scope) + fold_table(results, *scope);
  }
  return html + element("p",
                        "UAR: unweighted average recall, the mean over classes. ECE: expected "
                        "calibration error, 15 bins. NLL: negative log likelihood, in nats. AURC: "
                        "area under the risk–coverage curve. Of the last three, less is better.",
                        "note");
}

Html settings_section(const FusionResults& results) {
  HtmlTable table;
  table.caption = "How these numbers were made";
  table.kind = "settings";
  table.header = {"setting", {"value", "text"}};
  const auto add = [&](const std::string& name, const std::string& value) {
    table.rows.push_back({name, value});
  };
  add("program", "aver-evaluate-fusion " AVER_VERSION);
  for (std::size_t m = 0; m < results.inputs.size(); ++m) {
    add(results.systems[m].words, input_words(results.inputs[m]));
  }
  add("vocal channel", results.channel);
  add("classes", fmt::format("{}", fmt::join(results.classes, ", ")));
  add("fusion rule", words_of(results.choice));
  add("fitting", results.fits.note);
  add("bootstrap", results.bootstrap.draws > 0
                       ? fmt::format("{}, seed {}; percentile intervals", results.scope().bootstrap,
                                     results.bootstrap.seed)
                       : "none");
  add("libraries",
      fmt::format("fmt {}.{}.{}, nlohmann-json {}.{}.{}", FMT_VERSION / 10000,
                  FMT_VERSION / 100 % 100, FMT_VERSION % 100, NLOHMANN_JSON_VERSION_MAJOR,
                  NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH));
  return html_table(table) + fits_table(results) +
         element("p",
                 "The numbers with six decimals are in metrics.json and the CSV tables beside this "
                 "page; table.tex and table.md hold the comparison of all rules for a paper.",
                 "note");
}

std::string html_of(const FusionResults& results) {
  Html lead = results.caption.empty() ? Html() : element("p", results.caption, "lead");
  lead +=
      element("p",
              fmt::format("Fusion rule: {}; {} clips, {} classes; aver " AVER_VERSION ".",
                          words_of(results.choice), results.scope().clips, results.classes.size()),
              "quiet");
  std::vector<HtmlSection> sections = {
      {"leakage", "Leakage: " + leakage_words(results.scope()), leakage_section(results)},
      {"accuracy", "Accuracy", accuracy_section(results)},
      {"confusion", "Confusion matrices", confusion_section(results)},
      {"fusion", "Fusion rules", rules_section(results)},
      {"reliability", "Reliability", reliability_section(results)},
      {"groups", "Actors and groups", groups_section(results)},
      {"clips", "Repaired and broken clips", changed_clips_section(results)},
      {"settings", "Settings and versions", settings_section(results)}};
  if (!results.combinations.rows.empty()) {
    sections.insert(sections.begin() + 2, {"combinations", "Modalities alone and together",
                                           combinations_section(results)});
  }
  std::size_t series = 0;
  for (const SystemName& system : results.systems) series = std::max(series, system.series + 1);
  return html_page(page_title(results), lead, sections, series_style(series));
}

}  // namespace aver
