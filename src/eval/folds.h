#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace aver {

/// Mean and standard deviation (n - 1) of one metric over folds.
struct MeanOfFolds {
  double mean = 0;
  double deviation = 0;   ///< 0 with one fold
  std::size_t folds = 0;  ///< how many there are
};

/// Of the folds that have the metric; nothing when none has it.
std::optional<MeanOfFolds> mean_of_folds(const std::vector<double>& values);

}  // namespace aver
