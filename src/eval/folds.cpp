#include "eval/folds.h"

#include <cmath>
#include <numeric>

namespace aver {

std::optional<MeanOfFolds> mean_of_folds(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  MeanOfFolds result;
  result.folds = values.size();
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += std::pow(value - result.mean, 2);
  if (values.size() > 1) result.deviation = std::sqrt(squares / (count - 1));
  return result;
}

}  // namespace aver
