#include "fold_trainer.h"

#include "aver/base/error.h"
#include "aver/base/parallel.h"
#include "cross_validation.h"
#include "fit.h"
#include "interruption.h"
#include "join_folds.h"
#include "run_folder.h"
#include "training_setup.h"

namespace aver {
namespace {

TrainingReport train_one(const TrainingConfig& config, FoldTrainer& trainer, Progress& progress) {
  check_run_folder(config.output, config.resume, config.force);
  check_resume(config, identity_of(trainer.settings(config), {}));
  const Runtime runtime =
      start_runtime(config.device, config.threads > 0 ? config.threads : available_cpus());
  trainer.read(progress);
  return trainer.train(config, runtime, progress);
}

TrainingReport train_several(const TrainingConfig& config, FoldTrainer& trainer,
                             Progress& progress) {
  check_folds_folder(config.output);
  const Runtime runtime =
      start_runtime(config.device, config.threads > 0 ? config.threads : available_cpus());
  trainer.read(progress);
  return cross_validate(config, trainer, runtime, progress);
}

}  // namespace

TrainingReport run_training(const TrainingConfig& config, FoldTrainer& trainer,
                            Progress& progress) {
  if (config.join) return join_folds(config.output, config.folds, trainer.tool());
  TrainingConfig chosen = config;  // "auto" is never recorded, but what it came to
  chosen.precision = name_of(choose_precision(config.precision, config.device));
  StoppableProgress stoppable(progress, config.should_stop);
  return in_one_sentence("train", [&] {
    try {
      return chosen.folds.several() ? train_several(chosen, trainer, stoppable)
                                    : train_one(chosen, trainer, stoppable);
    } catch (const Interrupted&) {
      // Nothing in the run folder has been touched.
      TrainingReport report;
      report.interrupted = true;
      report.text = fmt::format("Interrupted before training began; {} is as it was\n",
                                config.output.string());
      return report;
    }
  });
}

}  // namespace aver
