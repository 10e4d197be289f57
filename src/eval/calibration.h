#pragma once

#include <cstddef>
#include <vector>

namespace aver {

/// How sure a system was of one answer, and whether it was right.
struct Answer {
  double confidence = 0;  ///< top probability, 0 … 1
  bool correct = false;
  double truth_probability = 0;  ///< what it gave the true class
};

/// The smallest probability whose logarithm is taken: half of the last of the six decimals that
/// tables of predictions carry, so that a written 0 stands for what it can have been.
inline constexpr double kProbabilityFloor = 5e-7;

/// The answers whose confidence lies in (low, high]; the first bin takes 0 too.
struct CalibrationBin {
  double low = 0;
  double high = 0;
  std::size_t count = 0;
  double mean_confidence = 0;  ///< 0 when empty
  double accuracy = 0;         ///< 0 when empty
};

/// Equal-width, right-closed bins over [0, 1].
std::vector<CalibrationBin> calibration_bins(const std::vector<Answer>& answers,
                                             std::size_t bins = 15);

/// Expected calibration error (Guo et al. 2017): the gap between accuracy and mean confidence of
/// the bins, weighted by how many answers they hold. 0 without answers.
double expected_calibration_error(const std::vector<Answer>& answers, std::size_t bins = 15);

/// Mean of -ln p(true class), in nats; probabilities below kProbabilityFloor count as that. 0
/// without answers.
double negative_log_likelihood(const std::vector<Answer>& answers);

/// Risk over coverage: share of wrong answers among the k surest ones, for k = 1 … n. Of equally
/// sure answers the earlier one comes first.
std::vector<double> selective_risk(const std::vector<Answer>& answers);

/// Area under the risk–coverage curve (Geifman & El-Yaniv 2017): the mean of selective_risk().
double area_under_risk_coverage(const std::vector<Answer>& answers);

}  // namespace aver
