#include "eval/folds.h"

#include <cmath>
#include <numeric>

namespace aver {

MeanOfFolds mean_of_folds(std::vector<double> figures) {
  std::erase_if(figures, [](double figure) { return std::isnan(figure); });
  const auto count = static_cast<double>(figures.size());
  MeanOfFolds result;
  result.mean = std::accumulate(figures.begin(), figures.end(), 0.0) / count;
  double squares = 0;
  for (const double figure : figures) squares += std::pow(figure - result.mean, 2);
  if (figures.size() > 1) result.deviation = std::sqrt(squares / (count - 1));
  return result;
}

}  // namespace aver
