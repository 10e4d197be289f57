#pragma once

#include <string>

#include "cli.h"
#include "stages/stage_config.h"
#include "store/stage.h"

namespace aver::cli {

/// What a stage did, as stdout and exit status show it. `noun` is what its outputs are: "frames".
Outcome outcome_of(const StageSummary& summary, const StageConfig& config, const Tool& tool,
                   const std::string& noun);

}  // namespace aver::cli
