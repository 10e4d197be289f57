#pragma once

#include <functional>
#include <string>

#include "cli.h"
#include "training/training.h"

namespace aver::cli {

/// The report as stdout and exit status show it.
Outcome outcome_of(const TrainingReport& report);

/// What a trainer does, whatever it trains. All of it knows the same `config`.
struct TrainerProgram {
  TrainingConfig& training;
  std::function<void(const std::string&)> choose_architecture;
  std::function<void(Options&)> describe_options;
  std::function<std::string()> describe;  ///< for --describe
  std::function<TrainingReport(Progress&)> train;
};

/// Gives the tool its options and runs it; Ctrl-C stops it between two steps. Returns its status.
int run_trainer(Tool& tool, int argc, char** argv, const TrainerProgram& program);

}  // namespace aver::cli
