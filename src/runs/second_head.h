#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"

namespace aver {

/// What a network learns beside its classes: how far a clip is along the ordered levels of a column
/// of clips.csv, such as intensity from normal to strong.
struct SecondHead {
  std::string column;
  std::vector<std::string> levels;  ///< from the least to the most; empty = no second head

  bool none() const { return levels.empty(); }
  /// From one level to the next: columns of the network's output.
  std::int64_t steps() const { return none() ? 0 : static_cast<std::int64_t>(levels.size()) - 1; }
};

/// "intensity=normal,strong"; none of "". Throws UsageError for anything else.
SecondHead second_head_of(const std::string& text);

/// What a model file and metrics.json say of it. The other way round throws Error where it is none.
nlohmann::json to_json(const SecondHead& head);
SecondHead second_head_from(const nlohmann::json& object);

/// The table of levels in a run folder, beside predictions.csv.
inline constexpr const char* kSecondPredictions = "second_predictions.csv";

/// How well the levels of a run's test part are put in order.
struct SecondScores {
  std::string text;     ///< lines for a summary; "" of a run without a second head
  nlohmann::json json;  ///< for metrics.json
};

/// Of the table in a run folder: the figures of every part as part_metrics() gives them, and of the
/// test part for each level but the first the area under the ROC curve of being there or further,
/// with its 95 % interval over speakers, or over clips where fewer than two are known.
SecondScores score_second_head(const fs::path& run, const SecondHead& head);

}  // namespace aver
