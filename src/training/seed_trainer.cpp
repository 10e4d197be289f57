#include "training/seed_trainer.h"

#include <spdlog/spdlog.h>

#include <vector>

#include "base/error.h"
#include "base/interruption.h"
#include "corpus/corpus.h"
#include "distributed/first_rank.h"
#include "runs/model_file.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "runs/second_head.h"
#include "runs/seed_scores.h"
#include "training/cross_validation.h"
#include "training/training_setup.h"

namespace aver {
namespace {

using nlohmann::json;

TrainingConfig run_of_seed(const TrainingConfig& run, int seed) {
  TrainingConfig one = run;
  one.seed = static_cast<std::uint64_t>(seed);
  one.seeds.clear();
  one.output = seed_folder(run.output, seed);
  one.force = false;  // what was there has been removed with the run that it was of
  return one;
}

/// The mean of what the seeds answer, row by row.
Predictions mean_answers(const fs::path& run, const std::vector<int>& seeds, const char* table) {
  Predictions mean;
  for (const int seed : seeds) {
    const fs::path folder = seed_folder(run, seed);
    const Predictions own = read_predictions(folder / table, clips_of_folder(folder));
    if (mean.rows.empty()) {
      mean = own;
      continue;
    }
    const auto named = [](const Prediction& row) { return row.clip; };
    if (own.classes != mean.classes || !std::ranges::equal(own.rows, mean.rows, {}, named, named)) {
      throw Error("{} is of other clips or classes than {}: train it again with --force",
                  (folder / table).string(), (seed_folder(run, seeds.front()) / table).string());
    }
    for (std::size_t i = 0; i < own.rows.size(); ++i) {
      for (std::size_t c = 0; c < own.classes.size(); ++c) {
        mean.rows[i].probabilities[c] += own.rows[i].probabilities[c];
      }
    }
  }
  for (Prediction& row : mean.rows) {
    for (double& share : row.probabilities) share /= static_cast<double>(seeds.size());
  }
  return mean;
}

/// One model of the seeds' own. They were normalised alike: their training parts are one.
ModelFile joined_model(const fs::path& run, const std::vector<int>& seeds) {
  ModelFile joined;
  std::vector<json> epochs;
  std::map<std::string, TensorBytes> weights;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    joined = read_model(seed_folder(run, seeds[i]), "");
    epochs.push_back(joined.training.value("epoch", json()));
    for (auto& [name, tensor] : joined.weights) {
      weights[member_prefix(i) + name] = std::move(tensor);
    }
  }
  joined.weights = std::move(weights);
  joined.members = static_cast<int>(seeds.size());
  joined.training.erase("epoch");
  joined.training.erase("seed");
  joined.training["epochs"] = epochs;
  joined.training["seeds"] = seeds;
  return joined;
}

/// Scores of the mean answers in the place of those of the first seed.
TrainingReport write_ensemble(const TrainingConfig& run, RunLog& log) {
  const std::vector<int>& seeds = run.seeds;
  const fs::path first = seed_folder(run.output, seeds.front());
  TrainingReport report;
  report.metrics = read_run_metrics(first);
  report.metrics.erase("epoch");
  for (const char* name : {"split.csv", "split.json", "clips.csv"}) {
    if (fs::exists(first / name)) write_file(run.output / name, read_file(first / name));
  }
  const std::string unit = report.metrics.contains("pictures") ? "pictures" : "clips";
  const Predictions answers = mean_answers(run.output, seeds, "predictions.csv");
  write_predictions(run.output / "predictions.csv", answers);
  report.metrics[unit] = part_metrics(answers);
  const SecondHead& second = run.second_head;
  if (!second.none()) {
    write_predictions(run.output / kSecondPredictions,
                      mean_answers(run.output, seeds, kSecondPredictions));
  }
  Scores scores = score(confusion_of(answers, Role::test));
  if (report.metrics.contains("frames")) {
    const Predictions frames = mean_answers(run.output, seeds, "frame_predictions.csv");
    write_predictions(run.output / "frame_predictions.csv", frames);
    report.metrics["frames"] = part_metrics(frames);
    scores = score(confusion_of(frames, Role::test));
  }
  report.test_accuracy = scores.accuracy;
  report.test_uar = scores.uar;
  write_model(run.output / "model.safetensors", joined_model(run.output, seeds));
  write_score_figures(run.output, answers, Role::test,
                      fmt::format("{} seeds, protocol {}", seeds.size(),
                                  report.metrics.value("protocol", "unknown")),
                      log);
  const SeedScores each = score_seeds({run.output}, seeds, unit);
  report.metrics.update(each.json);
  report.text = fmt::format(
      "{} models that differ in their seed, protocol {}, fold {}, test part:\n", seeds.size(),
      report.metrics.value("protocol", "unknown"), report.metrics.value("fold", 0));
  report.text += each.text;
  report.text += score_line("their mean answer", answers, Role::test, unit);
  add_second_scores(report, run.output, second);
  report.text += notes_of_run(run.output, report.metrics);
  return report;
}

/// A seed whose run was not begun when the signal came is interrupted as well: others are there.
TrainingReport train_or_stop(FoldTrainer& trainer, const TrainingConfig& one,
                             const Runtime& runtime, Progress& progress) {
  try {
    return trainer.train(one, runtime, progress);
  } catch (const Interrupted&) {
    return interrupted_report(one, 0);
  }
}

}  // namespace

void SeedTrainer::check(const TrainingConfig& run, Progress& progress) {
  for (const int seed : run.seeds) {
    TrainingConfig one = run_of_seed(run, seed);
    // Of one that is finished too it is asked whether its data were these.
    one.resume = run.resume && fs::exists(one.output / "checkpoint");
    one_.check(one, progress);
  }
}

TrainingReport SeedTrainer::train(const TrainingConfig& run, const Runtime& runtime,
                                  Progress& progress) {
  FolderLock lock = lock_run(run, runtime);
  on_first_rank(*runtime.group, progress, [&](Progress& shown) {
    check(run, shown);  // before anything that is there is touched
    make_locked(run.output, lock);
    open_run_folder(run.output, run.force);
    write_run_config(run.output, {tool(), options(run).settings()});
  });
  int epochs_done = 0;
  for (std::size_t i = 0; i < run.seeds.size(); ++i) {
    const TrainingConfig one = run_of_seed(run, run.seeds[i]);
    if (is_finished(one, one_)) {
      spdlog::info("seed {} ({} of {}) is finished", run.seeds[i], i + 1, run.seeds.size());
      continue;
    }
    spdlog::info("seed {} ({} of {}): {}", run.seeds[i], i + 1, run.seeds.size(),
                 one.output.string());
    const TrainingReport report = train_or_stop(one_, one, runtime, progress);
    epochs_done += report.epochs_done;
    if (!report.interrupted) continue;
    TrainingReport stopped = interrupted_report(run, static_cast<std::size_t>(report.epochs_done));
    stopped.text = fmt::format("In seed {}: {}", run.seeds[i], stopped.text);
    return stopped;
  }
  if (!runtime.group->first()) return report_elsewhere(static_cast<std::size_t>(epochs_done));
  RunLog log(run.output);
  TrainingReport report = write_ensemble(run, log);
  report.epochs_done = epochs_done;
  finish_run(run.output, report, log);
  return report;
}

}  // namespace aver
