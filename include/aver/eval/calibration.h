#pragma once

#include <cstddef>
#include <vector>

namespace aver {

/// How sure a system was of one answer, and whether it was right.
struct Answer {
  double confidence = 0;  ///< top probability, 0 … 1
  bool correct = false;
};

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

}  // namespace aver
