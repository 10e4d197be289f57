#pragma once

#include <string>

#include "cli.h"
#include "nn/options.h"
#include "training/training.h"

namespace aver::cli {

/// The options both trainers share, bound to `config`.
void add_training_options(Tool& tool, TrainingConfig& config);

/// --padding valid|same
void add_padding(Tool& tool, Padding& padding);

/// The report as stdout and exit status show it.
Outcome outcome_of(const TrainingReport& report);

}  // namespace aver::cli
