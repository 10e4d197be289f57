#include "eval/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace aver {
namespace {

// The bin whose right end is the first one not below the confidence: comparing with the ends
// themselves keeps values such as 0.2 in the bin they close, whatever 0.2 * 15 rounds to.
std::size_t bin_of(double confidence, const std::vector<CalibrationBin>& bins) {
  const auto found =
      std::lower_bound(bins.begin(), bins.end(), confidence,
                       [](const CalibrationBin& bin, double value) { return bin.high < value; });
  return std::min(static_cast<std::size_t>(found - bins.begin()), bins.size() - 1);
}

}  // namespace

std::vector<CalibrationBin> calibration_bins(const std::vector<Answer>& answers, std::size_t bins) {
  if (bins == 0) {
    throw Error("calibration needs at least one bin");
  }
  std::vector<CalibrationBin> result(bins);
  for (std::size_t i = 0; i < bins; ++i) {
    result[i].low = static_cast<double>(i) / static_cast<double>(bins);
    result[i].high = static_cast<double>(i + 1) / static_cast<double>(bins);
  }
  for (const Answer& answer : answers) {
    CalibrationBin& bin = result[bin_of(answer.confidence, result)];
    ++bin.count;
    bin.mean_confidence += answer.confidence;
    bin.accuracy += answer.correct ? 1 : 0;
  }
  for (CalibrationBin& bin : result) {
    if (bin.count > 0) {
      bin.mean_confidence /= static_cast<double>(bin.count);
      bin.accuracy /= static_cast<double>(bin.count);
    }
  }
  return result;
}

double expected_calibration_error(const std::vector<Answer>& answers, std::size_t bins) {
  if (answers.empty()) return 0;
  double sum = 0;
  for (const CalibrationBin& bin : calibration_bins(answers, bins)) {
    sum += static_cast<double>(bin.count) * std::abs(bin.accuracy - bin.mean_confidence);
  }
  return sum / static_cast<double>(answers.size());
}

double negative_log_likelihood(const std::vector<Answer>& answers) {
  if (answers.empty()) return 0;
  double sum = 0;
  for (const Answer& answer : answers) {
    sum -= std::log(std::max(answer.truth_probability, kProbabilityFloor));
  }
  return sum / static_cast<double>(answers.size());
}

std::vector<double> selective_risk(const std::vector<Answer>& answers) {
  std::vector<Answer> surest_first = answers;
  std::stable_sort(
      surest_first.begin(), surest_first.end(),
      [](const Answer& one, const Answer& other) { return one.confidence > other.confidence; });
  std::vector<double> risk;
  std::size_t wrong = 0;
  for (const Answer& answer : surest_first) {
    wrong += answer.correct ? 0 : 1;
    risk.push_back(static_cast<double>(wrong) / static_cast<double>(risk.size() + 1));
  }
  return risk;
}

double area_under_risk_coverage(const std::vector<Answer>& answers) {
  if (answers.empty()) return 0;
  const auto risk = selective_risk(answers);
  return std::accumulate(risk.begin(), risk.end(), 0.0) / static_cast<double>(risk.size());
}

}  // namespace aver
