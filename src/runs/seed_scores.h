#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"

namespace aver {

/// What runs that differ in their seed alone score, and how much of it is chance.
struct SeedScores {
  std::string text;  ///< lines for a summary
  /// "seeds": [{"seed", "accuracy", "uar"}], "mean_of_seeds": {"accuracy", "accuracy_deviation",
  /// "accuracy_interval", "accuracy_interval_with_seeds", …, "resampled"}; neither where nothing
  /// was tested.
  nlohmann::json json = nlohmann::json::object();
};

/// Scores the test rows of predictions.csv in the folders seed-S of `runs`, which are one run or
/// folds of one split: of each seed over all of them, then mean and standard deviation (n - 1) over
/// the seeds, and the 95 % interval of that mean from 2000 bootstrap draws of speakers (of clips
/// where fewer than two speakers are known), the same for all seeds; and the interval where each
/// draw is of as many seeds, drawn with replacement, too. `unit`: what a row is, "clips".
SeedScores score_seeds(const std::vector<fs::path>& runs, const std::vector<int>& seeds,
                       const std::string& unit);

}  // namespace aver
