#include "stages/compute_mfcc.h"

#include "base/options.h"
#include "base/parallel.h"
#include "stages/compute_features.h"

namespace aver {

void ComputeMfccConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("input", input, "Stage folder of aver-extract-audio").required([this] {
    return join;
  });
  options.control("output", output, "Stage folder to write").required();
  options.heading("MFCCs");
  mfcc.describe(options);
  options.result("pictures", pictures, "Write a picture beside each array").has_opposite();
  options.heading("Input and output");
  choice.describe(options, Effect::place);
  options.heading("Running");
  describe_workers(options, workers);
  describe_shards(options, shard, join);
  options.control("force", force, "Redo output that was made with other settings");
  options.control("keep-going", keep_going, "Exit with 0 although clips failed");
}

void ComputeMfccConfig::validate() const {
  Options::of(*this).require_valid();
}

StageSummary run_compute_mfcc(const ComputeMfccConfig& config, Progress& progress) {
  config.validate();
  const ComputeFeaturesConfig features = {
      config.input,  config.output,  FeatureChoice("mfcc", &config.mfcc),
      config.choice, config.force,   config.shard,
      config.join,   config.workers, config.keep_going};
  return run_feature_stage(features,
                           {{"aver-compute-mfcc", "mfcc"},
                            Options::of(config).to_json(),
                            config.pictures,
                            "computing MFCCs"},
                           progress);
}

}  // namespace aver
