#include "eval/folds.h"

#include <cmath>
#include <numeric>

namespace aver {

MeanOfFolds mean_of_folds(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  const auto count = static_cast<double>(values.size());
  MeanOfFolds result;
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += std::pow(value - result.mean, 2);
  if (values.size() > 1) result.deviation = std::sqrt(squares / (count - 1));
  return result;
}

}  // namespace aver
