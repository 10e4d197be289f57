#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aver {

/// A distribution and the index of the true class.
struct Labelled {
  std::span<const double> probabilities;
  std::size_t truth = 0;
};

/// ln p of each class; probabilities below kProbabilityFloor count as that.
std::vector<double> logarithms(std::span<const double> probabilities);

/// The temperature T > 0 for which with_temperature() has the least negative log likelihood (Guo et
/// al. 2017, "On Calibration of Modern Neural Networks"), between 1/20 and 20. Above 1: the
/// distributions were too sure. Throws Error without any.
double fit_temperature(const std::vector<Labelled>& items);

/// Throws Error for a number that no fit of temperatures gives.
void require_fitted_temperature(double temperature);

/// p^(1/T), normalised: a softmax whose logits are divided by T. The order of the classes stays.
/// Probabilities below kProbabilityFloor count as that.
std::vector<double> with_temperature(std::span<const double> probabilities, double temperature);

}  // namespace aver
