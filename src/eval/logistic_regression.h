#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aver {

/// Multinomial logistic regression with an L2 penalty on the weights and none on the intercepts:
/// the minimum of C·Σ(-ln p(true class)) + ½·Σ(weight²), which is what scikit-learn's
/// LogisticRegression(C) finds.
class LogisticRegression {
 public:
  LogisticRegression() = default;

  /// `features`: row-major, one row of `width` values per item; `truths`: class indices below
  /// `classes`. A class that no item has gets the probability 0. Throws Error when the sizes do not
  /// fit or the items are of fewer than two classes.
  static LogisticRegression fit(std::span<const double> features, std::size_t width,
                                const std::vector<std::size_t>& truths, std::size_t classes,
                                double c = 1.0);

  /// The minimum of Σ(-ln p(true class)) + ½·strength·Σ((coefficient − that of `toward`)²), the
  /// intercepts among the coefficients: the stronger, the nearer to `toward`, whose size it has.
  /// Every class of `toward` keeps a probability. Throws Error when the sizes do not fit.
  static LogisticRegression fit_toward(std::span<const double> features,
                                       const std::vector<std::size_t>& truths,
                                       const LogisticRegression& toward, double strength);

  /// One with these coefficients(), for all classes. Throws Error for another number of them.
  static LogisticRegression of(std::size_t width, std::size_t classes,
                               std::vector<double> coefficients);

  /// Probability of each class. Throws Error for another number of features than it was fitted on.
  std::vector<double> predict(std::span<const double> features) const;

  /// One row per class: the weights, then the intercept. Zeros for a class without items.
  const std::vector<double>& coefficients() const { return coefficients_; }

 private:
  std::size_t width_ = 0;  ///< features, without the intercept
  std::size_t classes_ = 0;
  std::vector<std::size_t> present_;  ///< classes that had items
  std::vector<double> coefficients_;
};

}  // namespace aver
