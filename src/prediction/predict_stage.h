#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/progress.h"
#include "base/shard.h"
#include "corpus/catalog.h"
#include "store/stage.h"

namespace aver {

/// `aver-predict`: a trained model over another stage folder.
struct PredictConfig {
  fs::path model;   ///< model file or folder of a finished run
  fs::path input;   ///< stage folder: frames for a visual model, MFCCs for an audio model
  fs::path output;  ///< predictions.csv to write
  ChannelFilter channel = ChannelFilter::speech;
  std::string device = "auto";  ///< "auto", "cpu" or "cuda"
  std::size_t threads = 0;      ///< of LibTorch; 0 = the CPUs this process may use
  std::size_t workers = 0;      ///< for reading the input; 0 = inline
  std::optional<Shard> shard;  ///< only this share of the clips; join_predictions() makes the table

  /// Throws UsageError that lists every problem.
  void validate() const;
};

struct PredictReport {
  std::size_t clips = 0;
  std::size_t shortened = 0;        ///< clips longer than the model's max_frames, cut at the end
  std::vector<StageRemark> failed;  ///< clips that could not be read
  /// Labels that are no class of the model, and the clips that have them.
  std::map<std::string, std::set<std::string>> unknown;
  std::string text;
  nlohmann::json json;
};

/// Writes `predictions.csv`; a clip the model's own run trained on says so in its role. Throws
/// Error when model and stage do not fit: another kind, other MFCC settings, another number of
/// coefficients. A shard writes its part beside the table; its report is of that part.
PredictReport run_predict(const PredictConfig& config, Progress& progress);

}  // namespace aver
