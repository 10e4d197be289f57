#pragma once

#include <vector>

namespace aver {

/// Mean and standard deviation (n - 1) of one metric over folds.
struct MeanOfFolds {
  double mean = 0;
  double deviation = 0;  ///< 0 with one fold
};

/// NaN stands for a fold that does not have the metric: it is left out.
MeanOfFolds mean_of_folds(std::vector<double> values);

}  // namespace aver
