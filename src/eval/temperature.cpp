#include "eval/temperature.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "eval/calibration.h"

namespace aver {
namespace {

constexpr double kLeastInverse = 1.0 / 20, kLargestInverse = 20;  // of the temperature

/// First and second derivative of the summed negative log likelihood by 1/T.
struct Slope {
  double first = 0, second = 0;
};

Slope slope_at(double inverse, const std::vector<std::vector<double>>& logs,
               const std::vector<Labelled>& items) {
  Slope slope;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double top = *std::max_element(logs[i].begin(), logs[i].end());
    double sum = 0, mean = 0, square = 0;
    for (const double value : logs[i]) {
      const double weight = std::exp(inverse * (value - top));
      sum += weight;
      mean += weight * value;
      square += weight * value * value;
    }
    mean /= sum;
    slope.first += mean - logs[i][items[i].truth];
    slope.second += square / sum - mean * mean;
  }
  return slope;
}

}  // namespace

std::vector<double> logarithms(std::span<const double> probabilities) {
  std::vector<double> result(probabilities.size());
  std::transform(probabilities.begin(), probabilities.end(), result.begin(),
                 [](double p) { return std::log(std::max(p, kProbabilityFloor)); });
  return result;
}

double fit_temperature(const std::vector<Labelled>& items) {
  if (items.empty()) throw Error("a temperature cannot be fitted without any distribution");
  std::vector<std::vector<double>> logs;
  for (const Labelled& item : items) logs.push_back(logarithms(item.probabilities));
  // The likelihood is convex in 1/T: Newton's method, kept inside a bracket that only shrinks.
  double low = kLeastInverse, high = kLargestInverse, inverse = 1;
  for (int step = 0; step < 60 && high - low > 1e-10; ++step) {
    const Slope slope = slope_at(inverse, logs, items);
    (slope.first > 0 ? high : low) = inverse;
    double next = slope.second > 0 ? inverse - slope.first / slope.second : 0;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (std::abs(next - inverse) < 1e-12) break;
    inverse = next;
  }
  return 1 / inverse;
}

void require_fitted_temperature(double temperature) {
  constexpr double kRounding = 1e-6;  // of what a file keeps
  if (!(temperature > 0)) throw Error("a temperature is above 0, and {} is not", temperature);
  if (1 / temperature > kLargestInverse + kRounding ||
      1 / temperature < kLeastInverse - kRounding) {
    throw Error("a temperature lies between {} and {} after a fit, and {} does not",
                1 / kLargestInverse, 1 / kLeastInverse, temperature);
  }
}

std::vector<double> with_temperature(std::span<const double> probabilities, double temperature) {
  std::vector<double> result = logarithms(probabilities);
  const double top = *std::max_element(result.begin(), result.end());
  for (double& value : result) value = std::exp((value - top) / temperature);
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace aver
