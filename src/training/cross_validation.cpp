#include "training/cross_validation.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/interruption.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "training/fit.h"
#include "training/join_folds.h"
#include "training/training_setup.h"

namespace aver {
namespace {

std::vector<int> folds_to_train(const TrainingConfig& config, const Split& split) {
  if (splits_frames(split)) {
    throw UsageError(
        "--folds: {} deals out frames one by one, so no clip is tested by one fold alone: take a "
        "split of whole clips",
        config.split.string());
  }
  if (config.folds.all) return split.folds();
  for (const int fold : config.folds.numbers) choose_fold(split, fold, config.split);
  return config.folds.numbers;
}

/// Several folds test one item, as those do that go from each corpus to each.
bool tests_items_again(const Split& split) {
  std::set<std::string> tested;
  return std::ranges::any_of(split.rows, [&](const SplitRow& row) {
    return row.role == Role::test && !tested.insert(row.item).second;
  });
}

TrainingConfig run_of_fold(const TrainingConfig& config, int fold) {
  TrainingConfig run = config;
  run.folds = FoldChoice::only(fold);
  run.output = fold_folder(config.output, fold);
  return run;
}

// Everything that can be known before hours are spent or an old run is removed.
void check_all(const std::vector<TrainingConfig>& runs, FoldTrainer& trainer, Progress& progress) {
  for (const TrainingConfig& run : runs) {
    refuse_if_locked(run.output);
    check_run_folder(run.output, run.resume, run.force);
    // A finished fold may come from another machine without its checkpoint.
    if (is_finished(run, trainer) && !fs::exists(run.output / "checkpoint")) continue;
    check_resume(run, identity_of(trainer.options(run), {}));
  }
  for (const TrainingConfig& run : runs) {
    TrainingConfig checked = run;
    checked.resume = run.resume && fs::exists(run.output / "checkpoint");
    trainer.check(checked, progress);
  }
}

/// How far the folds came.
struct Outcomes {
  std::vector<int> finished;
  std::vector<std::string> failures;  ///< "fold 1 failed: …"
  std::string interruption;           ///< "" or where it was interrupted
  int epochs_done = 0;
};

// False when it was interrupted.
bool train_fold(const TrainingConfig& run, int fold, FoldTrainer& trainer, const Runtime& runtime,
                Progress& progress, Outcomes& outcomes) {
  try {
    const auto report =
        in_one_sentence("train", [&] { return trainer.train(run, runtime, progress); });
    outcomes.epochs_done += report.epochs_done;
    if (report.interrupted) {
      outcomes.interruption =
          fmt::format("in fold {} after epoch {} of {}", fold, report.epochs_done, run.epochs);
      return false;
    }
    outcomes.finished.push_back(fold);
  } catch (const Interrupted&) {
    outcomes.interruption = fmt::format("before fold {} began", fold);
    return false;
  } catch (const UsageError&) {
    throw;
  } catch (const Error& error) {
    outcomes.failures.push_back(fmt::format("fold {} failed: {}", fold, error.what()));
    spdlog::error(outcomes.failures.back());
  }
  return true;
}

Outcomes train_folds(const std::vector<TrainingConfig>& runs, FoldTrainer& trainer,
                     const Runtime& runtime, Progress& progress) {
  Outcomes outcomes;
  std::size_t number = 0;
  for (const TrainingConfig& run : runs) {
    const int fold = run.folds.numbers.front();
    ++number;
    if (is_finished(run, trainer)) {
      spdlog::info("fold {} ({} of {}) is finished", fold, number, runs.size());
      outcomes.finished.push_back(fold);
      continue;
    }
    spdlog::info("fold {} ({} of {}): {}", fold, number, runs.size(), run.output.string());
    if (!train_fold(run, fold, trainer, runtime, progress, outcomes)) break;
  }
  return outcomes;
}

// What to do with folds that were trained and not joined.
std::string next_step(const TrainingConfig& config, const Outcomes& outcomes,
                      const FoldTrainer& trainer) {
  if (!outcomes.interruption.empty()) {
    return fmt::format("Interrupted {}; finished folds are kept, continue with --resume\n",
                       outcomes.interruption);
  }
  if (!outcomes.failures.empty()) {
    return fmt::format("{}\nThe folds are not joined; train the failed ones again with --resume\n",
                       fmt::join(outcomes.failures, "\n"));
  }
  if (tests_items_again(trainer.split())) {
    return fmt::format(
        "Several of these folds test one clip, so they are not joined: aver-evaluate {} --cross "
        "COLUMN makes a table of them\n",
        config.output.string());
  }
  return fmt::format("Join the folds once all are there: {} --join --output {}\n", trainer.tool(),
                     config.output.string());
}

// All at once: folds of this and of an earlier training must not stand side by side.
void replace_all(const std::vector<TrainingConfig>& runs) {
  std::vector<FolderLock> locks;
  for (const TrainingConfig& run : runs) locks.push_back(lock_if_there(run.output));
  for (const TrainingConfig& run : runs) open_run_folder(run.output, true);
}

}  // namespace

bool is_finished(const TrainingConfig& run, const FoldTrainer& trainer) {
  return run.resume && fs::exists(run.output / "metrics.json") &&
         !trainer.options(run).differing(read_run_config(run.output).settings,
                                         trainer.options(run).settings(), Purpose::join);
}

TrainingReport cross_validate(const TrainingConfig& config, FoldTrainer& trainer,
                              const Runtime& runtime, Progress& progress) {
  std::vector<TrainingConfig> runs;
  for (const int fold : folds_to_train(config, trainer.split())) {
    runs.push_back(run_of_fold(config, fold));
  }
  // Programs that train other folds share the folder.
  const auto kind = config.folds.all ? FolderLock::Kind::exclusive : FolderLock::Kind::shared;
  FolderLock lock = lock_if_there(config.output, kind);
  check_all(runs, trainer, progress);
  if (config.should_stop && config.should_stop()) throw Interrupted{};

  make_locked(config.output, lock, kind);
  if (config.force) replace_all(runs);
  const Outcomes outcomes = train_folds(runs, trainer, runtime, progress);
  const bool joins = config.folds.all && !tests_items_again(trainer.split());
  if (joins && outcomes.finished.size() == runs.size()) {
    auto report = join_folds(config.output, {false, outcomes.finished}, trainer);
    report.epochs_done = outcomes.epochs_done;
    return report;
  }
  auto report = report_on_folds(config.output, outcomes.finished);
  report.text += next_step(config, outcomes, trainer);
  report.epochs_done = outcomes.epochs_done;
  report.interrupted = !outcomes.interruption.empty();
  report.failed = !outcomes.failures.empty();
  return report;
}

}  // namespace aver
