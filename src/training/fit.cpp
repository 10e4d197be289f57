#include "training/fit.h"

#include <chrono>

#include "base/csv.h"
#include "base/durable_file.h"
#include "base/error.h"
#include "base/interruption.h"
#include "base/json_text.h"
#include "distributed/first_rank.h"
#include "runs/tensorboard.h"
#include "train/tensors.h"
#include "training/training_setup.h"

namespace aver {
namespace {

fs::path checkpoint_path(const fs::path& run) {
  return run / "checkpoint" / "last.safetensors";
}

void save_checkpoint(const FitRequest& request, const Trainer& trainer) {
  Safetensors content = trainer.checkpoint();
  content.metadata["identity"] = request.identity.dump();
  const fs::path path = checkpoint_path(request.config.output);
  write_file_durably(path, safetensors_bytes(content, path.string()));
}

void save_model(const FitRequest& request, const std::string& name, int epoch,
                std::map<std::string, TensorBytes> weights) {
  ModelFile model = request.model;
  model.training["epoch"] = epoch;
  model.weights = std::move(weights);
  write_model(request.config.output / name, model);
}

[[noreturn]] void refuse_fewer_epochs(const TrainingConfig& config, int epochs) {
  throw UsageError("--epochs {}: {} already holds {} epochs", config.epochs,
                   checkpoint_path(config.output).string(), epochs);
}

// Refuses a checkpoint of other settings or data, naming the first that differs.
void require_same_identity(const nlohmann::ordered_json& now, const Safetensors& checkpoint,
                           const fs::path& path) {
  const auto found = checkpoint.metadata.find("identity");
  const auto then = found == checkpoint.metadata.end() ? nlohmann::ordered_json::object()
                                                       : parse_ordered_json(found->second);
  const auto of = [](const nlohmann::ordered_json& identity, const std::string& key) {
    return identity.is_object() ? identity.value(key, nlohmann::ordered_json())
                                : nlohmann::ordered_json();
  };
  const auto say = [](const nlohmann::ordered_json& value) {
    return value.is_null() ? "its default" : value.dump();
  };
  // A setting that is its default stands in neither.
  for (const auto* side : {&now, &then}) {
    for (const auto& [key, value] : side->items()) {
      if (of(now, key) == of(then, key)) continue;
      if (key == kDataAndSplit && !now.contains(key)) continue;  // before the input is read
      throw UsageError(
          "--resume: {} was made with {} = {}, this run has {}: give the same settings and input, "
          "or --force to start again",
          path.string(), key, say(of(then, key)), say(of(now, key)));
    }
  }
}

// Nothing when the run stopped before its first epoch was done.
std::optional<Safetensors> read_checkpoint(const fs::path& run) {
  const fs::path path = checkpoint_path(run);
  if (fs::exists(path)) return read_safetensors(path);
  if (!fs::exists(run / "history.csv")) return std::nullopt;
  throw Error(
      "--resume: {} is missing, so the run in {} cannot be continued: use --force to start again",
      path.string(), run.string());
}

void resume(const FitRequest& request, Trainer& trainer) {
  const auto found = read_checkpoint(request.config.output);
  if (!found) return;
  const Safetensors& checkpoint = *found;
  const fs::path path = checkpoint_path(request.config.output);
  require_same_identity(request.identity, checkpoint, path);
  trainer.restore(checkpoint, path.string());
  if (trainer.epochs_done() > request.config.epochs) {
    refuse_fewer_epochs(request.config, trainer.epochs_done());
  }
}

std::string epoch_line(const EpochRecord& record, int epochs, double seconds,
                       double items_a_second) {
  return fmt::format(
      "epoch {}/{}: loss {:.4f}, accuracy {:.1f} %, validation loss {:.4f}, accuracy {:.1f} %, "
      "rate {:g}, {:.1f} s, {:.1f} items/s in training",
      record.epoch, epochs, record.train_loss, 100 * record.train_accuracy, record.validation_loss,
      100 * record.validation_accuracy, record.learning_rate, seconds, items_a_second);
}

// One epoch, showing how far it is. Throws Interrupted.
EpochRecord run_epoch(const FitRequest& request, Trainer& trainer, std::size_t done_before,
                      Progress& progress) {
  const std::string name =
      fmt::format("epoch {}/{}", trainer.epochs_done() + 1, request.config.epochs);
  const std::size_t before =
      (static_cast<std::size_t>(trainer.epochs_done()) - done_before) * trainer.batches();
  return trainer
      .run_epoch(
          [&](std::size_t done, std::size_t, double loss, double accuracy) {
            progress.update(before + done, fmt::format("{}, loss {:.3f}, accuracy {:.1f} %", name,
                                                       loss, 100 * accuracy));
            stop_together(*request.group, request.config.should_stop);
            return true;
          },
          [&](std::size_t) { progress.update(before + trainer.batches(), name + ", validating"); })
      .value();
}

// What rank 0 starts from is what all start from.
void share_state(const ProcessGroup& group, Trainer& trainer) {
  if (group.alone()) return;
  std::string state;
  if (group.first()) state = safetensors_bytes(trainer.checkpoint(), "the state of rank 0");
  group.broadcast(state);
  if (!group.first()) {
    trainer.restore(parse_safetensors(state, "the state of rank 0"), "the state of rank 0");
  }
}

void add_to(TensorBoardLog& curves, const EpochRecord& record) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  curves.add(record.epoch, now.count(),
             {{"loss/training", record.train_loss},
              {"loss/validation", record.validation_loss},
              {"accuracy/training", record.train_accuracy},
              {"accuracy/validation", record.validation_accuracy},
              {"learning-rate", record.learning_rate}});
}

void save_epoch(const FitRequest& request, const Trainer& trainer, const EpochRecord& record) {
  if (trainer.best_epoch() == record.epoch) {
    save_model(request, "best.safetensors", record.epoch, trainer.scored_weights());
  }
  save_checkpoint(request, trainer);
  write_history(request.config.output / "history.csv", trainer.history());
}

// Leaves the weights that are scored in the network of every process. Returns their epoch.
int choose_weights(const FitRequest& request, Trainer& trainer) {
  const int best_epoch = trainer.best_epoch();
  trainer.keep_scored_weights();
  if (request.config.select != "best") return trainer.epochs_done();
  const ProcessGroup& group = *request.group;
  const fs::path path = request.config.output / "best.safetensors";
  int epoch = best_epoch;
  std::string weights;
  NoProgress none;
  on_first_rank(group, none, [&](Progress&) {
    const ModelFile best = read_model(path, request.model.kind);
    load_weights(*request.network, best.weights, path.string());
    epoch = best.training.value("epoch", best_epoch);
    if (!group.alone()) weights = safetensors_bytes({{}, best.weights}, path.string());
  });
  group.broadcast(weights);
  if (!group.first()) {
    load_weights(*request.network, parse_safetensors(weights, path.string()).tensors,
                 path.string());
  }
  return epoch;
}

}  // namespace

void check_resume(const TrainingConfig& config, nlohmann::ordered_json identity) {
  if (!config.resume) return;
  const auto checkpoint = read_checkpoint(config.output);
  if (!checkpoint) return;
  if (identity.value(kDataAndSplit, "").empty()) identity.erase(kDataAndSplit);
  require_same_identity(identity, *checkpoint, checkpoint_path(config.output));
  const fs::path history = config.output / "history.csv";
  const auto epochs = fs::exists(history) ? static_cast<int>(read_csv(history).rows.size()) : 0;
  if (epochs > config.epochs) refuse_fewer_epochs(config, epochs);
}

std::unique_ptr<Trainer> start_trainer(const FitRequest& request) {
  request.network->precision =
      request.config.precision == name_of(Precision::bf16) ? Precision::bf16 : Precision::fp32;
  auto settings = request.identity;
  settings["epochs"] = request.config.epochs;
  settings["select"] = request.config.select;
  require_same_settings(*request.group, settings);
  auto trainer = std::make_unique<Trainer>(request.network, request.dataset, request.parts,
                                           request.options, request.device, request.group);
  NoProgress none;
  on_first_rank(*request.group, none, [&](Progress&) {
    if (request.config.resume) resume(request, *trainer);
  });
  share_state(*request.group, *trainer);
  return trainer;
}

FitResult fit(FitRequest& request, Trainer& trainer, RunLog& log, Progress& progress) {
  const TrainingConfig& config = request.config;
  const bool writes = request.group->first();
  if (trainer.epochs_done() > 0) {
    log.info(fmt::format("continuing after epoch {}", trainer.epochs_done()));
  }

  std::optional<TensorBoardLog> curves;
  if (config.tensorboard && writes) {
    curves.emplace(config.output / "tensorboard", trainer.epochs_done());
    for (const EpochRecord& record : trainer.history()) {
      if (record.epoch > curves->steps()) add_to(*curves, record);  // trained without --tensorboard
    }
  }

  FitResult result;
  const auto batches = trainer.batches();
  const auto done_before = static_cast<std::size_t>(trainer.epochs_done());
  try {
    progress.start("training", batches * (static_cast<std::size_t>(config.epochs) - done_before));
    while (trainer.epochs_done() < config.epochs && !trainer.ends_early()) {
      const auto started = std::chrono::steady_clock::now();
      const auto record = run_epoch(request, trainer, done_before, progress);
      if (writes) save_epoch(request, trainer, record);
      if (curves) add_to(*curves, record);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      log.info(epoch_line(record, config.epochs, took.count(), trainer.items_per_second()));
    }
    progress.finish();
  } catch (const Interrupted&) {
    result.interrupted = true;
  }

  result.history = trainer.history();
  result.best_epoch = trainer.best_epoch();
  if (result.interrupted) {
    log.warn(fmt::format("interrupted; {} of {} epochs are kept, continue with --resume",
                         trainer.epochs_done(), config.epochs));
    return result;
  }
  if (trainer.epochs_done() < config.epochs) {
    log.info(fmt::format("ended early: the loss of the {} part was lowest in epoch {}",
                         request.validation, result.best_epoch));
  }
  if (writes) write_history(config.output / "history.csv", trainer.history());
  result.scored_epoch = choose_weights(request, trainer);
  if (writes) {
    save_model(request, "model.safetensors", result.scored_epoch, weights_of(*request.network));
  }
  return result;
}

}  // namespace aver
