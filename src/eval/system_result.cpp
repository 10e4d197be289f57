#include "eval/system_result.h"

#include <algorithm>
#include <cmath>

namespace aver {

void SystemResult::add(std::size_t truth, std::span<const double> probabilities) {
  if (probabilities.empty()) return;
  const std::size_t best = argmax(probabilities);
  matrix.add(truth, best);
  answers.push_back({probabilities[best], best == truth, probabilities[truth]});
}

void SystemResult::finish() {
  scores = score(matrix);
  calibration_error = expected_calibration_error(answers);
  negative_log_likelihood = aver::negative_log_likelihood(answers);
  area_under_risk_coverage = aver::area_under_risk_coverage(answers);
}

void SystemResult::take_intervals(const BootstrapDraws& draws) {
  if (scores.total == 0) return;
  // With few items and few draws, none may have held one.
  if (std::ranges::all_of(draws.accuracy, [](double value) { return std::isnan(value); })) return;
  accuracy_interval = percentile_interval(draws.accuracy);
  uar_interval = percentile_interval(draws.uar);
}

}  // namespace aver
