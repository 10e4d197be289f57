#include "stage_outcome.h"

#include "stages/clip_stage.h"

namespace aver::cli {

Outcome outcome_of(const StageSummary& summary, const StageConfig& config, const Tool& tool,
                   const std::string& noun) {
  return {summary_text(summary, config.output, noun) +
              next_step_text(config.shard, tool.name(), config.output, !summary.failed.empty()),
          summary_json(summary, config.output), exit_status(summary, config.keep_going)};
}

}  // namespace aver::cli
