#include "fusion/evaluate_fusion.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/parallel.h"
#include "fusion/expect.h"
#include "fusion/input.h"
#include "fusion/output.h"
#include "fusion/paper_tables.h"
#include "fusion/report.h"
#include "fusion/scope.h"
#include "fusion/tables.h"
#include "fusion/text.h"
#include "report/figures.h"

namespace aver {
namespace {

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code ignored;
  return fs::equivalent(one, other, ignored);
}

// Results must not take the place of a model's own table, or of what they are compared with.
void check_output(const EvaluateFusionConfig& config,
                  const std::vector<const ModalityInput*>& inputs) {
  for (const ModalityInput* input : inputs) {
    if (same_file(config.output / "predictions.csv", input->table)) {
      throw UsageError("--output {} would overwrite {}: give another folder",
                       config.output.string(), input->table.string());
    }
  }
  if (!config.expect.empty() && same_file(config.output / "metrics.json", config.expect)) {
    throw UsageError("--expect {} is the file that this run writes: give another --output",
                     config.expect.string());
  }
  for (const char* name : {"model.safetensors", "stage.json"}) {
    if (fs::exists(config.output / name)) {
      throw UsageError("--output {} is a training run or stage folder: give another folder",
                       config.output.string());
    }
  }
}

std::string held_out_note(const std::vector<FusionClip>& clips) {
  std::size_t audio = 0, visual = 0;
  bool unknown = false;
  for (const FusionClip& clip : clips) {
    audio += clip.audio != nullptr && clip.audio_seen == Seen::held_out ? 1 : 0;
    visual += clip.visual != nullptr && clip.visual_seen == Seen::held_out ? 1 : 0;
    unknown = unknown || (clip.audio != nullptr && clip.audio_seen == Seen::unknown) ||
              (clip.visual != nullptr && clip.visual_seen == Seen::unknown);
  }
  if (unknown) {
    return "No table of held-out clips: the inputs do not say which clips their models trained on.";
  }
  return fmt::format(
      "No table of held-out clips: sound holds out {} and picture {} clips, none of them in "
      "common; "
      "train both with one --split file.",
      audio, visual);
}

/// Scores all clips, then those that are held out.
void evaluate(FusionResults& results) {
  const auto add = [&](const std::vector<FusedClip>& clips, const char* key, std::string title) {
    results.scopes.push_back(
        evaluate_scope(clips, results.classes, *results.audio, *results.visual, results.bootstrap));
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
      std::any_of(results.clips.begin(), results.clips.end(), [](const auto& clip) {
        return clip.clip->audio_seen == Seen::trained || clip.clip->visual_seen == Seen::trained;
      });
  add(results.clips, "all_clips",
      fmt::format("All {} clips{}{}", results.clips.size(),
                  trained ? ", as the paper scores: whatever was trained on counts too" : "",
                  fitted_on > 0
                      ? fmt::format("; the {} that fusion was fitted on are left out", fitted_on)
                      : ""));
  if (!held_out.empty()) {
    add(held_out, "held_out",
        fmt::format("The {} clips that are test clips of both models", held_out.size()));
  }
}

/// All rules on the clips of the last scope that none of them was fitted on.
RuleTable compare(const FusionResults& results, const std::vector<FusionClip>& clips) {
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
  RuleTable table = compare_rules(compared, fits, results.classes, results.bootstrap);
  table.scope = results.scope().key;
  table.title = fmt::format("{} {} clips", compared.size(),
                            table.scope == "held_out" ? "held-out" : "scored");
  return table;
}

/// The confusion matrix and the scores of one system.
std::vector<Drawing> figures_of(const ScopeResult& scope, std::size_t index,
                                const FusionResults& results) {
  const SystemResult& system = scope.systems[index];
  if (system.scores.total == 0) return {};
  std::string title = system_name(results.choice, index);
  title.front() = static_cast<char>(std::toupper(title.front()));
  title += fmt::format(", {} {} clips", scope.key == "held_out" ? "held-out" : "all",
                       system.scores.total);
  const std::string suffix = fmt::format("{}_{}", kSystems[index], scope.key);
  return {confusion_heatmap("confusion_" + suffix, system.matrix, title),
          score_heatmap("scores_" + suffix, system.scores, results.classes, title)};
}

/// Figures of an earlier evaluation, of scopes or systems that this one does not have.
void remove_other_figures(const fs::path& folder, const std::vector<Drawing>& drawings) {
  for (const char* figure : {"confusion", "scores"}) {
    for (const std::string_view system : kSystems) {
      for (const char* scope : {"all_clips", "held_out"}) {
        const std::string name = fmt::format("{}_{}_{}", figure, system, scope);
        if (std::any_of(drawings.begin(), drawings.end(),
                        [&](const Drawing& drawing) { return drawing.name == name; })) {
          continue;
        }
        for (const char* extension : {".dat", ".gp", ".png", ".svg"}) {
          fs::remove(folder / (name + extension));
        }
      }
    }
  }
}

/// Each worker's share is drawn by one gnuplot.
std::vector<std::string> write_figures(const fs::path& folder, const FusionResults& results,
                                       std::size_t workers, Progress& progress) {
  std::vector<Drawing> drawings;
  for (const ScopeResult& scope : results.scopes) {
    for (std::size_t system = 0; system < kSystems.size(); ++system) {
      for (Drawing& drawing : figures_of(scope, system, results)) {
        drawings.push_back(std::move(drawing));
      }
    }
  }
  remove_other_figures(folder, drawings);
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
  write_file(folder / "table.txt", text);
  write_file(folder / "table.tex", latex_of(results));
  write_file(folder / "table.md", markdown_of(results));
  write_file(folder / "metrics.csv", format_csv(metrics_csv(results)));
  write_file(folder / "per_class.csv", format_csv(per_class_csv(results)));
  write_file(folder / "rules.csv", format_csv(rules_csv(results)));
  write_file(folder / "comparisons.csv", format_csv(comparisons_csv(results)));
  write_file(folder / "groups.csv", format_csv(groups_csv(results)));
  write_file(folder / "reliability.csv", format_csv(reliability_csv(results)));
  write_file(folder / "risk_coverage.csv", format_csv(risk_coverage_csv(results)));
  write_file(folder / "repaired_broken.csv", format_csv(repaired_broken_csv(results)));
}

nlohmann::json read_expected(const fs::path& path) {
  auto expected = nlohmann::json::parse(read_file(path), nullptr, false);
  if (!expected.is_object()) {
    throw Error("{} is no metrics.json: it holds no JSON object", path.string());
  }
  return expected;
}

}  // namespace

void EvaluateFusionConfig::validate() const {
  std::vector<std::string> problems;
  const auto one_source = [&](const fs::path& run, const fs::path& posteriors,
                              const std::string& name) {
    if (run.empty() == posteriors.empty()) {
      problems.push_back(fmt::format("{} of --{} (a run folder) and --{}-posteriors (a table) {}",
                                     run.empty() ? "one" : "only one", name, name,
                                     run.empty() ? "is required" : "can be given"));
    }
  };
  one_source(visual, visual_posteriors, "visual");
  one_source(audio, audio_posteriors, "audio");
  if (output.empty()) problems.push_back("--output is required");
  try {
    fusion_rule_from_name(rule);
  } catch (const UsageError& error) {
    problems.push_back(error.what());
  }
  if (!(tolerance >= 0) || !std::isfinite(tolerance)) {
    problems.push_back(fmt::format("--tolerance {} is no number from 0 up", tolerance));
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

EvaluateFusionReport run_evaluate_fusion(const EvaluateFusionConfig& config, Progress& progress) {
  config.validate();
  nlohmann::json expected;
  if (!config.expect.empty()) expected = read_expected(config.expect);

  require_same_classes(table_of(config.audio, config.audio_posteriors),
                       table_of(config.visual, config.visual_posteriors));
  const auto audio = read_modality("audio", config.audio, config.audio_posteriors, config.channel);
  const auto visual =
      read_modality("visual", config.visual, config.visual_posteriors, config.channel);
  check_output(config, {&audio, &visual});
  const std::vector<FusionClip> clips = join(audio, visual);

  FusionResults results;
  results.choice = {fusion_rule_from_name(config.rule), config.temperatures};
  results.bootstrap = {config.draws, config.seed, config.workers};
  results.caption = config.caption;
  results.channel = name_of(config.channel);
  results.classes = audio.predictions.classes;
  results.audio = &audio;
  results.visual = &visual;
  results.fits = fit_fusion_rules(clips, results.classes, config.workers);
  results.clips = fuse_all(clips, results.classes, results.choice, results.fits);
  evaluate(results);
  if (results.scopes.size() == 1) results.held_out_note = held_out_note(clips);
  results.rules = compare(results, clips);
  results.groups = group_rows(results.scored, results.classes);

  EvaluateFusionReport report;
  report.text = text_of(results);
  report.figures = json_of(results);
  for (const ModalityInput* input : {&audio, &visual}) {
    if (input->other_channel > 0) {
      report.warnings.push_back(
          fmt::format("{}: {} clips of the other vocal channel left out (--channel all takes them)",
                      input->table.string(), input->other_channel));
    }
  }

  create_folders(config.output);
  write_predictions(config.output / "predictions.csv", fused_predictions(results));
  write_tables(config.output, results, report.text);
  write_file(config.output / "metrics.json", report.figures.dump(2) + "\n");
  write_file(config.output / "report.html", html_of(results));
  if (config.figures) {
    for (auto& warning :
         write_figures(config.output / "figures", results, config.workers, progress)) {
      report.warnings.push_back(std::move(warning));
    }
  }
  if (!config.expect.empty()) {
    report.drifted = drifted_figures(expected, report.figures, config.tolerance);
  }
  return report;
}

}  // namespace aver
