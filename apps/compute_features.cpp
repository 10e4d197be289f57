#include "stages/compute_features.h"

#include "cli.h"
#include "stage_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool(
      "aver-compute-features",
      "Compute features of each sound of an audio stage folder as .npy: MFCCs, or others "
      "by --features. A second run does only what is missing or changed.");
  ComputeFeaturesConfig config;
  tool.options_by(
      "features", [&](const std::string& name) { config.features.choose(name); },
      [&](Options& options) { config.describe(options); });
  tool.example("Mel levels and their slopes in time of the demo's sounds",
               "aver-compute-features -i demo-work/audio -o demo-work/log-mel --features log-mel "
               "--mels 64 --deltas 1");
  tool.example("The options of log-mel", "aver-compute-features --features log-mel --help");

  return tool.run(argc, argv, [&] {
    return cli::outcome_of(run_compute_features(config, tool.progress()), config, tool, "files");
  });
}
