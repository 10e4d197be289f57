#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/confusion.h"
#include "eval/significance.h"

namespace aver {

/// One system's answers on a set of clips.
struct SystemResult {
  explicit SystemResult(const std::vector<std::string>& classes) : matrix(classes) {}

  /// Counts an answer; none when `probabilities` is empty.
  void add(std::size_t truth, std::span<const double> probabilities);
  /// Computes the metrics below from what was added.
  void finish();
  /// Takes the intervals from its bootstrap; none for a system without answers.
  void take_intervals(const BootstrapDraws& draws);

  ConfusionMatrix matrix;
  std::vector<Answer> answers;
  Scores scores;
  double calibration_error = 0;
  double negative_log_likelihood = 0;
  double area_under_risk_coverage = 0;
  std::optional<Interval> accuracy_interval, uar_interval;  ///< 95 %, when they were asked for
};

}  // namespace aver
