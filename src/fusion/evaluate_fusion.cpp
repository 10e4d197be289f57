#include "fusion/evaluate_fusion.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <regex>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "base/spreadsheet.h"
#include "corpus/corpus.h"
#include "eval/fusion_rules.h"
#include "fusion/input.h"
#include "fusion/modalities.h"
#include "fusion/new_people.h"
#include "fusion/output.h"
#include "fusion/paper_tables.h"
#include "fusion/prediction_sets.h"
#include "fusion/report.h"
#include "fusion/scope.h"
#include "fusion/tables.h"
#include "fusion/text.h"
#include "report/figures.h"
#include "report/metrics_drift.h"
#include "report/paper_text.h"
#include "report/words.h"
#include "store/cleared_folder.h"

namespace aver {
namespace {

// Results must not take the place of a model's own table, or of what they are compared with.
void check_output(const EvaluateFusionConfig& config, const std::vector<ModalityInput>& inputs) {
  for (const ModalityInput& input : inputs) {
    if (same_file(config.output / "predictions.csv", input.table)) {
      throw UsageError("--output {} would overwrite {}: give another folder",
                       config.output.string(), input.table.string());
    }
  }
  if (!config.expect.empty() && same_file(config.output / "metrics.json", config.expect)) {
    throw UsageError("--expect {} is the file that this run writes: give another --output",
                     config.expect.string());
  }
  refuse_output_onto_work(config.output);
}

std::string held_out_note(const FusionResults& results, const std::vector<FusionClip>& clips) {
  std::vector<std::size_t> held_out(results.inputs.size());
  for (const FusionClip& clip : clips) {
    if (clip.any_seen(Seen::unknown)) {
      return "No table of held-out clips: the inputs do not say which clips their models trained "
             "on.";
    }
    for (std::size_t m = 0; m < held_out.size(); ++m) {
      const ModalityAnswer& answer = clip.answers[m];
      held_out[m] += !answer.missing() && answer.seen == Seen::held_out ? 1 : 0;
    }
  }
  std::vector<std::string> counts;
  for (std::size_t m = 0; m < held_out.size(); ++m) {
    counts.push_back(
        fmt::format("{} {}{}", results.systems[m].words, m == 0 ? "holds out " : "", held_out[m]));
  }
  return fmt::format(
      "No table of held-out clips: {} clips, none of them in common; train {} with one --split "
      "file.",
      listed(counts), together(held_out.size()));
}

/// Scores all clips, then those that are held out.
void evaluate(FusionResults& results) {
  const auto add = [&](const std::vector<FusedClip>& clips, const char* key, std::string title) {
    results.scopes.push_back(
        evaluate_scope(clips, results.classes, results.inputs, results.bootstrap));
    results.scopes.back().key = key;
    results.scopes.back().title = std::move(title);
    results.scored = clips;
  };
  std::vector<FusedClip> held_out;
  for (const FusedClip& clip : results.clips) {
    if (clip.clip->held_out()) held_out.push_back(clip);
  }
  const std::size_t fitted_on = results.fits.fit_of_clip.size() - results.clips.size();
  const bool trained =
      std::any_of(results.clips.begin(), results.clips.end(),
                  [](const auto& clip) { return clip.clip->any_seen(Seen::trained); });
  add(results.clips, "all_clips",
      fmt::format("All {} clips{}{}", results.clips.size(),
                  trained ? ", as the paper scores: whatever was trained on counts too" : "",
                  fitted_on > 0
                      ? fmt::format("; the {} that fusion was fitted on are left out", fitted_on)
                      : ""));
  if (!held_out.empty()) {
    add(held_out, "held_out",
        fmt::format("The {} clips that are test clips of {} models", held_out.size(),
                    together(results.inputs.size())));
  }
}

/// The tables that compare systems, on the clips of the last scope that no fit has seen.
void compare(FusionResults& results, const std::vector<FusionClip>& clips,
             const std::vector<Modalities>& combinations) {
  std::set<const FusionClip*> in_scope;
  for (const FusedClip& clip : results.scored) in_scope.insert(clip.clip);
  std::vector<FusionClip> compared;
  FusionFits fits = results.fits;
  fits.fit_of_clip.clear();
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto& fit = results.fits.fit_of_clip[i];
    if (!in_scope.contains(&clips[i]) || (results.fits.possible() && !fit)) continue;
    compared.push_back(clips[i]);
    fits.fit_of_clip.push_back(fit);
  }
  const auto modalities = results.modalities();
  results.rules = compare_rules(compared, fits, modalities, results.classes, results.bootstrap);
  if (!combinations.empty()) {
    results.combinations = compare_combinations(compared, fits, results.choice, combinations,
                                                modalities, results.classes, results.bootstrap);
  }
  for (SystemTable* table : {&results.rules, &results.combinations}) {
    table->scope = results.scope().key;
    table->title = fmt::format("{} {} clips", compared.size(),
                               table->scope == "held_out" ? "held-out" : "scored");
  }
}

/// Takes the fitted form of the chosen rule, where it has one that was fitted.
void take_fitted_form(FusionChoice& choice, const EvaluateFusionConfig& config,
                      const FusionFits& fits) {
  const std::string_view form = choice.rule->fitted_form;
  if (config.fit && !config.temperatures && !form.empty() && fits.possible()) {
    choice.rule = &fusion_rule(form);
  }
}

/// The confusion matrix and the scores of one system.
std::vector<Drawing> drawings_of(const FusionResults& results, const ScopeResult& scope,
                                 std::size_t index) {
  const SystemResult& system = scope.systems[index];
  if (system.scores.total == 0) return {};
  const std::string title =
      fmt::format("{}, {} {} clips", capitalised(system_title(results, index)),
                  scope.key == "held_out" ? "held-out" : "all", system.scores.total);
  const std::string suffix = fmt::format("{}_{}", results.systems[index].key, scope.key);
  return {confusion_heatmap("confusion_" + suffix, system.matrix, title),
          score_heatmap("scores_" + suffix, system.scores, results.classes, title)};
}

/// Drawings of an earlier evaluation, of scopes or systems that this one does not have.
void remove_other_drawings(const fs::path& folder, const std::vector<Drawing>& drawings) {
  static const std::regex kOwn("(confusion|scores)_[a-z0-9-]+_(all_clips|held_out)");
  std::set<std::string> kept;
  for (const Drawing& drawing : drawings) kept.insert(drawing.name);
  if (!fs::is_directory(folder)) return;
  for (const fs::path& file : list_files(folder)) {
    const std::string name = file.stem().string();
    if (!kept.contains(name) && std::regex_match(name, kOwn)) fs::remove(file);
  }
}

/// Each worker's share is drawn by one gnuplot.
std::vector<std::string> write_drawings(const fs::path& folder, const FusionResults& results,
                                        std::size_t workers, Progress& progress) {
  std::vector<Drawing> drawings;
  for (const ScopeResult& scope : results.scopes) {
    for (std::size_t system = 0; system < results.systems.size(); ++system) {
      for (Drawing& drawing : drawings_of(results, scope, system)) {
        drawings.push_back(std::move(drawing));
      }
    }
  }
  remove_other_drawings(folder, drawings);
  if (drawings.empty()) return {};
  const std::size_t count = std::clamp<std::size_t>(workers, 1, drawings.size());
  std::vector<std::vector<Drawing>> shares(count);
  for (std::size_t i = 0; i < drawings.size(); ++i) {
    shares[i * count / drawings.size()].push_back(std::move(drawings[i]));
  }
  std::vector<std::string> warnings;
  std::size_t done = 0;
  progress.start("figures", drawings.size());
  parallel_map(
      count, workers, [&] { return [&](std::size_t i) { return draw_all(folder, shares[i]); }; },
      [&](std::size_t i, std::vector<std::string> more) {
        std::move(more.begin(), more.end(), std::back_inserter(warnings));
        progress.update(done += shares[i].size());
      });
  progress.finish();
  if (warnings.size() > 1) {  // the same reason for each
    warnings = {fmt::format("{} (and {} more)", warnings.front(), warnings.size() - 1)};
  }
  return warnings;
}

void write_tables(const fs::path& folder, const FusionResults& results, const std::string& text) {
  write_file(folder / "table.txt", printable_text(text));
  write_file(folder / "table.tex", latex_of(results));
  write_file(folder / "table.md", markdown_of(results));
  write_file(folder / "metrics.csv", spreadsheet_csv(metrics_csv(results)));
  write_file(folder / "per_class.csv", spreadsheet_csv(per_class_csv(results)));
  write_file(folder / "rules.csv", spreadsheet_csv(rules_csv(results)));
  if (results.combinations.rows.empty()) {
    fs::remove(folder / "combinations.csv");  // of an earlier evaluation of more modalities
  } else {
    write_file(folder / "combinations.csv", spreadsheet_csv(combinations_csv(results)));
  }
  if (results.sets) {
    write_file(folder / "conformal.csv", spreadsheet_csv(conformal_csv(results)));
  } else {
    fs::remove(folder / "conformal.csv");  // of an earlier evaluation that made sets
  }
  write_file(folder / "comparisons.csv", spreadsheet_csv(comparisons_csv(results)));
  write_file(folder / "groups.csv", spreadsheet_csv(groups_csv(results)));
  write_file(folder / "reliability.csv", spreadsheet_csv(reliability_csv(results)));
  write_file(folder / "risk_coverage.csv", spreadsheet_csv(risk_coverage_csv(results)));
  write_file(folder / "repaired_broken.csv", spreadsheet_csv(repaired_broken_csv(results)));
}

nlohmann::json read_expected(const fs::path& path) {
  auto expected = restore_bytes(parse_json(read_file(path)));
  if (!expected.is_object()) {
    throw Error("{} is no metrics.json: it holds no JSON object", path.string());
  }
  return expected;
}

/// "NAME=PATH"; adds what is wrong with it to `problems`.
std::optional<ModalitySource> source_from(const std::string& text, bool is_run,
                                          std::vector<std::string>& problems) {
  const char* flag = is_run ? "--run" : "--posteriors";
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    problems.push_back(
        fmt::format("{} {}: NAME={} expected", flag, text, is_run ? "FOLDER" : "FILE"));
    return std::nullopt;
  }
  const std::string name = text.substr(0, equals);
  static const std::regex kName("[a-z][a-z0-9-]*");
  if (!std::regex_match(name, kName)) {
    problems.push_back(
        fmt::format("{} {}: the name of a modality is lower-case letters, digits and '-', such as "
                    "text or pulse-rate",
                    flag, text));
    return std::nullopt;
  }
  // What tables of all systems, or of clips, call something else.
  static const std::set<std::string> kTaken = {"all",  "both",  "clip",  "clips",
                                               "fold", "fused", "label", "together"};
  const auto rules = fusion_rules();
  if (kTaken.contains(name) || std::any_of(rules.begin(), rules.end(), [&](const FusionRule& rule) {
        return rule.name == name;
      })) {
    problems.push_back(
        fmt::format("{} {}: '{}' means something else in the tables; give the "
                    "modality another name",
                    flag, text, name));
    return std::nullopt;
  }
  return ModalitySource{name, text.substr(equals + 1), is_run};
}

/// The modalities of a configuration in their order; adds what is wrong to `problems`.
std::vector<ModalitySource> sources_of(const EvaluateFusionConfig& config,
                                       std::vector<std::string>& problems) {
  std::vector<ModalitySource> sources;
  const bool only_two = config.runs.empty() && config.posteriors.empty();
  const auto add = [&](const ModalitySource& source) {
    if (std::any_of(sources.begin(), sources.end(),
                    [&](const auto& other) { return other.name == source.name; })) {
      problems.push_back(fmt::format("the modality {} is given more than once", source.name));
    } else {
      sources.push_back(source);
    }
  };
  const auto add_own = [&](const std::string& name, const fs::path& run, const fs::path& table) {
    if (run.empty() == table.empty() && (only_two || !run.empty())) {
      problems.push_back(fmt::format("{} of --{} (a run folder) and --{}-posteriors (a table) {}",
                                     run.empty() ? "one" : "only one", name, name,
                                     run.empty() ? "is required" : "can be given"));
    } else if (run.empty() != table.empty()) {
      add({name, run.empty() ? table : run, table.empty()});
    }
  };
  add_own("visual", config.visual, config.visual_posteriors);
  add_own("audio", config.audio, config.audio_posteriors);
  for (const bool is_run : {true, false}) {
    for (const std::string& text : is_run ? config.runs : config.posteriors) {
      if (const auto source = source_from(text, is_run, problems)) add(*source);
    }
  }
  if (!only_two && problems.empty() && sources.size() < 2) {
    problems.push_back("two modalities or more are needed: give --run or --posteriors again");
  }
  const auto rank = [](const ModalitySource& source) {
    return source.name == "audio" ? 0 : source.name == "visual" ? 1 : 2;
  };
  std::stable_sort(sources.begin(), sources.end(),
                   [&](const auto& one, const auto& other) { return rank(one) < rank(other); });
  return sources;
}

}  // namespace

void EvaluateFusionConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("visual", visual, "Run folder of the visual model (aver-train-visual)");
  options.place("audio", audio, "Run folder of the audio model (aver-train-audio)");
  options.place("visual-posteriors", visual_posteriors,
                "Instead of --visual: a CSV with a column clip and one per class, from anywhere");
  options.place("audio-posteriors", audio_posteriors, "Instead of --audio: such a CSV");
  options.place("run", runs,
                "NAME=FOLDER: run folder of any modality; may be repeated. --audio FOLDER is --run "
                "audio=FOLDER");
  options.place(
      "posteriors", posteriors,
      "NAME=FILE: such a CSV of any modality; may be repeated. Order: audio, visual, then "
      "the others as given; a tie goes to the first");
  options.control("output", output, "Folder for tables, report.html and figures").required();
  options.heading("Fusion");
  Words rules;
  for (const FusionRule& known : fusion_rules()) rules.emplace_back(known.name);
  options
      .result("rule", rule,
              fusion_rules_help(true) +
                  "; what is fitted is fitted on validation clips or on the other folds, and where "
                  "that can be, product is calibrated-product; a table compares all rules")
      .one_of(rules);
  options.result("fit", fit, "Take calibrated-product for product where it can be fitted")
      .has_opposite();
  options.result("temperatures", temperatures, "Fuse distributions scaled by fitted temperatures");
  options
      .result("conformal", conformal,
              "ALPHA, such as 0.1: also the set of classes that cannot be ruled out at that error "
              "rate, each person's from the others; more than one class is \"not sure\" (0 = none)")
      .from_to_below(0, 1);
  options.heading("Input and output");
  describe_corpus(options, corpus);
  options.place("labels", labels,
                "TOML file whose [labels] say which class a spelling in such a CSV means; those of "
                "known corpora are known (fear = fearful, ps = surprised)");
  options.result("logits", logits,
                 "Values of such a CSV that are no probabilities are logits: take their softmax");
  options.result("channel", channel, kChannelHelp);
  options.heading("Report");
  options.control("caption", caption, "A line to stand above the tables");
  options.result("draws", draws, "Bootstrap draws for the 95 % intervals (0 = none)");
  options.result("seed", seed, "Seed of the bootstrap");
  options.control("figures", figures, "Draw confusion matrices and heat maps").has_opposite();
  options.control("expect", expect,
                  "A metrics.json whose numbers must come out again; exit status 4 when they do "
                  "not");
  options
      .control("tolerance", tolerance,
               "Largest difference that --expect allows, as a share from 0 to 1")
      .at_least(0);
  options.heading("Running");
  describe_workers(options, workers);
  options.check([this](std::vector<std::string>& problems) { sources_of(*this, problems); });
}

void EvaluateFusionConfig::validate() const {
  Options::of(*this).require_valid();
}

std::vector<ModalitySource> EvaluateFusionConfig::sources() const {
  std::vector<std::string> problems;
  auto sources = sources_of(*this, problems);
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
  return sources;
}

EvaluateFusionReport run_evaluate_fusion(const EvaluateFusionConfig& config, Progress& progress) {
  config.validate();
  nlohmann::json expected;
  if (!config.expect.empty()) expected = read_expected(config.expect);

  FusionResults results;
  const auto sources = config.sources();
  const Corpus corpus(config.corpus);
  const ClipTable known = clips_of(sources, corpus);
  const auto tables = read_tables(sources, config.labels, config.logits, corpus, known);
  require_same_classes(tables);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    results.inputs.push_back(read_modality(sources[i], tables[i].table, config.channel, known));
  }
  check_output(config, results.inputs);
  const std::vector<FusionClip> clips = join(results.inputs);

  const auto modalities = results.modalities();
  results.systems = system_names(modalities);
  results.choice = {&fusion_rule(config.rule), config.temperatures};
  results.bootstrap = {config.draws, config.seed, config.workers};
  results.caption = printable(one_line(config.caption));
  results.channel = name_of(config.channel);
  results.classes = results.inputs.front().predictions.classes;
  // With two modalities the table of rules shows all there is.
  const auto combinations =
      modalities.size() > 2 ? combinations_of(modalities.size()) : std::vector<Modalities>();
  const bool may_be_fitted =
      results.choice.fitted() || (config.fit && !results.choice.rule->fitted_form.empty());
  results.fits =
      fit_fusion_rules(clips, results.classes, modalities,
                       may_be_fitted ? combinations : std::vector<Modalities>(), config.workers);
  take_fitted_form(results.choice, config, results.fits);
  results.clips = fuse_all(clips, results.classes, results.choice, results.fits);
  evaluate(results);
  if (results.scopes.size() == 1) results.held_out_note = held_out_note(results, clips);
  compare(results, clips, combinations);
  results.groups = group_rows(results.scored, results.classes);
  if (config.conformal > 0) {
    results.sets = prediction_sets(results.scored, config.conformal, results.bootstrap);
  }
  const FittedFusion for_new_people = fusion_for_new_people(results, clips);

  EvaluateFusionReport report;
  report.text = text_of(results);
  report.metrics = json_of(results);
  for (const ForeignTable& table : tables) {
    std::ranges::copy(table.remarks, std::back_inserter(report.warnings));
  }
  for (const ModalityInput& input : results.inputs) {
    if (auto words = other_channel_words(input); !words.empty()) {
      report.warnings.push_back(std::move(words));
    }
  }
  for (std::size_t s = 0; s < results.systems.size(); ++s) {
    const std::string& words = results.scope().known_counts[s];
    if (!words.empty()) {
      report.warnings.push_back(fmt::format("{}: {}", results.systems[s].words, words));
    }
  }
  if (auto words = unscored_folds_words(results); !words.empty()) {
    report.warnings.push_back(std::move(words));
  }

  const FolderLock lock = lock_cleared(config.output);
  remove_temporaries(config.output / "figures");
  write_predictions(config.output / "predictions.csv", fused_predictions(results));
  write_file(config.output / "fusion.json", dump_keeping_bytes(json_of(for_new_people), 2) + "\n");
  write_tables(config.output, results, report.text);
  write_file(config.output / "metrics.json", dump_keeping_bytes(report.metrics, 2) + "\n");
  write_file(config.output / "report.html", html_of(results));
  if (config.figures) {
    for (auto& warning :
         write_drawings(config.output / "figures", results, config.workers, progress)) {
      report.warnings.push_back(std::move(warning));
    }
  }
  if (!config.expect.empty()) {
    report.drifted = reading_json(
        config.expect.string(), "give --expect a metrics.json of an earlier evaluation", [&] {
          return drifted_metrics(expected, report.metrics, config.tolerance,
                                 config.expect.string());
        });
  }
  return report;
}

}  // namespace aver
