#include "training/fold_trainer.h"

#include "base/error.h"
#include "base/interruption.h"
#include "base/parallel.h"
#include "distributed/first_rank.h"
#include "runs/run_folder.h"
#include "training/cross_validation.h"
#include "training/fit.h"
#include "training/join_folds.h"
#include "training/seed_trainer.h"
#include "training/training_setup.h"

namespace aver {
namespace {

using Group = std::shared_ptr<const ProcessGroup>;

Group join_group(const TrainingConfig& config) {
  if (!config.distributed) return std::make_shared<ProcessGroup>();
  if (config.folds.several()) {
    throw UsageError(
        "--distributed trains one fold at a time: name it with --folds K and --output "
        "DIR/fold-K, and put the folds together with --join");
  }
  return std::make_shared<ProcessGroup>(group_place(environment_variable),
                                        std::chrono::seconds(config.distributed_timeout), [&] {
                                          if (config.should_stop && config.should_stop())
                                            throw Interrupted{};
                                        });
}

// Processes that a launcher says are on one machine share its CPUs.
std::size_t threads_of(const TrainingConfig& config, const ProcessGroup& group) {
  if (config.threads > 0) return config.threads;
  const auto sharing = static_cast<std::size_t>(group.place().local_size.value_or(1));
  return std::max<std::size_t>(1, available_cpus() / sharing);
}

// What all processes of a group are to be told alike: not where they find the input, which is
// compared by its content, nor how a process divides its own work.
nlohmann::ordered_json shared_options(const TrainingConfig& config, const FoldTrainer& trainer) {
  nlohmann::ordered_json options = {{"program", trainer.tool()}};
  options.update(trainer.options(config).compared(Purpose::group));
  options["output"] = (fs::absolute(config.output) / "").lexically_normal().string();
  return options;
}

TrainingReport train_one(const TrainingConfig& config, FoldTrainer& trainer, const Group& group,
                         Progress& progress) {
  require_same_settings(*group, shared_options(config, trainer));
  on_first_rank(*group, progress, [&](Progress&) {
    refuse_if_locked(config.output);
    check_run_folder(config.output, config.resume, config.force);
    check_resume(config, identity_of(trainer.options(config), {}));
  });
  const Runtime runtime = start_runtime(config.device, threads_of(config, *group), group);
  trainer.read(progress);
  if (!group->alone()) stop_together(*group, config.should_stop);
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

TrainingReport interrupted_before(const TrainingConfig& config) {
  TrainingReport report;
  report.interrupted = true;
  report.text =
      fmt::format("Interrupted before training began; {} is as it was\n", config.output.string());
  return report;
}

TrainingReport train_chosen(const TrainingConfig& config, FoldTrainer& trainer, const Group& group,
                            Progress& progress) {
  return in_one_sentence("train", [&] {
    try {
      return config.folds.several() ? train_several(config, trainer, progress)
                                    : train_one(config, trainer, group, progress);
    } catch (const Interrupted&) {
      return interrupted_before(config);  // nothing in the run folder has been touched
    }
  });
}

// The others report nothing, and say who they are when something is wrong.
template <typename Body>
TrainingReport as_one_of(const ProcessGroup& group, Body body) {
  try {
    TrainingReport report = body();
    report.elsewhere = !group.first();
    return report;
  } catch (const UsageError& error) {
    throw UsageError("{}: {}", group.name(), error.what());
  } catch (const Error& error) {
    throw Error("{}: {}", group.name(), error.what());
  }
}

}  // namespace

TrainingReport run_training(const TrainingConfig& config, FoldTrainer& one, Progress& progress) {
  SeedTrainer of_seeds(one);
  FoldTrainer& trainer = config.seeds.empty() ? one : of_seeds;
  if (config.join) {
    const FolderLock lock = lock_if_there(config.output);
    return join_folds(config.output, config.folds, trainer);
  }
  config.start.check();            // before the input is read, which can take long
  TrainingConfig chosen = config;  // "auto" is never recorded, but what it came to
  chosen.precision = name_of(choose_precision(config.precision, config.device));
  Group group;
  try {
    group = join_group(chosen);
  } catch (const Interrupted&) {
    return interrupted_before(chosen);
  }
  if (group->alone()) {
    StoppableProgress stoppable(progress, config.should_stop);
    return train_chosen(chosen, trainer, group, stoppable);
  }
  return as_one_of(*group, [&] {
    NoProgress silent;  // and it is together that processes stop
    return train_chosen(chosen, trainer, group,
                        group->first() ? progress : static_cast<Progress&>(silent));
  });
}

}  // namespace aver
