#include "stages/stage_config.h"

#include "base/options.h"
#include "base/parallel.h"

namespace aver {

void StageConfig::describe(Options& options, const StageOptions& own) {
  const char* folders = "Input and output";
  options.heading(folders);
  options.place("input", input, own.input).required([this] { return join; });
  options.control("output", output, own.output).required();
  own.results(options);
  options.heading(folders);
  choice.describe(options, Effect::place);
  options.heading("Running");
  describe_workers(options, workers);
  describe_shards(options, shard, join);
  if (own.running) own.running(options);
  options.control("force", force, "Redo output that was made with other settings");
  options.control("keep-going", keep_going, "Exit with 0 although clips failed");
}

}  // namespace aver
