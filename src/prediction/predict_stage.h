#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/progress.h"
#include "prediction/predict_config.h"
#include "store/stage.h"

namespace aver {

struct PredictReport {
  std::size_t clips = 0;
  std::size_t enrolled = 0;         ///< clips of the person that the model was told of
  std::size_t shortened = 0;        ///< clips longer than the model's max_frames, cut at the end
  std::vector<StageRemark> failed;  ///< clips that could not be read
  /// By --channel, --filter and --labels, a sentence each.
  std::vector<std::string> left_out;
  /// Labels that are no class of the model, and the clips that have them.
  std::map<std::string, std::set<std::string>> unknown;
  std::string text;
  nlohmann::json json;
};

/// `aver-predict` over a stage folder. Writes `predictions.csv`; a clip the model's own run trained
/// on says so in its role. Throws Error when model and stage do not fit: another kind, other MFCC
/// settings, another number of coefficients. A shard writes its part beside the table; its report
/// is of that part.
PredictReport run_predict(const PredictConfig& config, Progress& progress);

}  // namespace aver
