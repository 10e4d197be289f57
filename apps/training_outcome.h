#pragma once

#include "cli.h"
#include "training/training.h"

namespace aver::cli {

/// The report as stdout and exit status show it.
Outcome outcome_of(const TrainingReport& report);

}  // namespace aver::cli
