#pragma once

#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/progress.h"
#include "runs/model_file.h"
#include "runs/run_folder.h"
#include "train/runtime.h"
#include "train/trainer.h"
#include "training/training.h"

namespace aver {

/// One training run, whatever the model.
struct FitRequest {
  const TrainingConfig& config;
  std::shared_ptr<Network> network;
  const Dataset& dataset;
  TrainParts parts;
  TrainOptions options;
  ModelFile model;                  ///< all but the weights
  nlohmann::ordered_json identity;  ///< what a resumed run must share with its checkpoint
  torch::Device device;
  std::string validation = "validation";  ///< which part validates, for the log
  std::shared_ptr<const ProcessGroup> group = std::make_shared<ProcessGroup>();
};

struct FitResult {
  std::vector<EpochRecord> history;
  int best_epoch = 0;
  int scored_epoch = 0;  ///< whose weights the network has now
  bool interrupted = false;
};

/// Refuses to resume a run of other settings or data. An identity without a fingerprint of the data
/// ("") does for settings alone, before the input is read.
void check_resume(const TrainingConfig& config, nlohmann::ordered_json identity);

/// A trainer for this request, with the checkpoint of the run folder restored when it is to be
/// resumed. Touches nothing on disk. Throws UsageError when the checkpoint is of other settings or
/// data or holds more epochs, Error when it is missing from a run that had one or cannot be read.
/// In a group rank 0 restores and the others get its state; throws Error in all of them when they
/// were given other settings or data.
std::unique_ptr<Trainer> start_trainer(const FitRequest& request);

/// Trains, writing history.csv, checkpoint/, best.safetensors and at the end model.safetensors (in
/// rank 0). Afterwards the network has the weights that are to be scored, unless interrupted.
FitResult fit(FitRequest& request, Trainer& trainer, RunLog& log, Progress& progress);

/// Runs `body`; an error of LibTorch becomes one sentence without its stack trace.
template <typename Body>
auto in_one_sentence(const char* what, Body body) {
  try {
    return body();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    throw Error("LibTorch could not {}: {}", what, text.substr(0, text.find('\n')));
  } catch (const std::bad_alloc&) {
    throw Error("There is not enough memory to {}", what);
  }
}

}  // namespace aver
