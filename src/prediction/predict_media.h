#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "prediction/predict_config.h"
#include "store/stage.h"

namespace aver {

struct PredictMediaReport {
  std::size_t clips = 0;            ///< that have an answer
  std::vector<std::string> failed;  ///< a sentence each
  /// Files of the folders that are no recording by their name, which nothing was asked about.
  std::vector<std::string> left_out;
  std::map<std::string, std::size_t> emotions;
  std::map<std::string, std::size_t> decided_by;
  /// How many answers are "sure" and "not sure"; empty without sets.
  std::map<std::string, std::size_t> sure;
  StageCounts faces;  ///< of all clips, as the frames stage counts them; empty without cropping
};

/// What was said of the clips and by which, as JSON without the failures, and back. Adds up.
nlohmann::json counts_json(const PredictMediaReport& report);
void add_counts(PredictMediaReport& report, const nlohmann::json& counts);

/// The summary for a person, and as JSON.
std::string summary_text(const PredictMediaReport& report);
nlohmann::json summary_json(const PredictMediaReport& report);

/// `aver-predict` about clips of any name. Writes the answers to `config.output` (which appears
/// whole; until then they are kept in an AnswerJournal beside it), or hands them to `write` piece
/// by piece, in the order of the paths (folders by name), while memory stays that of the clips in
/// hand. A clip that cannot be read fails; the others go
/// on. With a shard its answers are kept beside `output`, where join_predictions() makes the file
/// of all. Throws UsageError for an output that is one of the clips, and Error when a path does not
/// exist, a folder holds no clip, a model cannot be used, or shards of `output` are not joined.
PredictMediaReport run_predict_media(const PredictConfig& config, Progress& progress,
                                     const std::function<void(std::string_view)>& write);

}  // namespace aver
