#include "stages/compute_mfcc.h"

#include "base/options.h"
#include "stages/compute_features.h"

namespace aver {

void ComputeMfccConfig::describe(Options& options) {
  StageConfig::describe(
      options,
      {.input = "Stage folder of aver-extract-audio", .results = [this](Options& own) {
         own.heading("MFCCs");
         mfcc.describe(own);
         own.result("pictures", pictures, "Write a picture beside each array").has_opposite();
       }});
}

void ComputeMfccConfig::validate() const {
  Options::of(*this).require_valid();
}

StageSummary run_compute_mfcc(const ComputeMfccConfig& config, Progress& progress) {
  config.validate();
  const ComputeFeaturesConfig features = {config, FeatureChoice("mfcc", &config.mfcc),
                                          config.pictures};
  return run_feature_stage(features,
                           {{"aver-compute-mfcc", "mfcc"},
                            Options::of(config).to_json(),
                            config.pictures,
                            "computing MFCCs"},
                           progress);
}

}  // namespace aver
