#pragma once

#include <string>

#include "aver/nn/options.h"
#include "aver/pipeline/training.h"
#include "cli.h"

namespace aver::cli {

/// The options both trainers share, bound to `config`.
void add_training_options(Tool& tool, TrainingConfig& config);

/// --padding valid|same
void add_padding(Tool& tool, Padding& padding);

/// The report as stdout and exit status show it.
Outcome outcome_of(const TrainingReport& report);

}  // namespace aver::cli
