#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "eval/confusion.h"
#include "store/predictions.h"

namespace aver {

/// Scores of a test part over one kind of item.
struct UnitScores {
  std::string unit;  ///< "clips", "frames" or "pictures"
  Predictions predictions;
  Scores scores;
};

/// Scores of the test part of one fold, or of several joined.
struct FoldScores {
  int fold = 0;
  std::vector<UnitScores> units;  ///< clips (or pictures), then frames where there are some
};

/// Reads the tables of a run folder and scores their test rows. `metrics` are those of a run of one
/// fold: they say what the items are.
FoldScores score_fold(const fs::path& run, int fold, const nlohmann::json& metrics);

/// [{"fold": 0, "clips": {"items", "accuracy", "uar"}}, …]
nlohmann::json folds_json(const std::vector<FoldScores>& folds);

/// {"clips": {"accuracy", "accuracy_deviation", "uar", "uar_deviation"}}: mean and standard
/// deviation (n - 1) over at least two folds.
nlohmann::json mean_json(const std::vector<FoldScores>& folds);

/// One line per fold, mean ± standard deviation (n - 1) of several, and the pooled items if given.
std::string fold_table(const std::vector<FoldScores>& folds, const FoldScores* pooled);

}  // namespace aver
