#include "eval/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/vector_clones.h"

namespace aver {
namespace {

constexpr int kMostSteps = 100;
constexpr double kGradientTolerance = 1e-9;  // largest component, per item
// The intercepts may all move together without changing anything; this keeps the Hessian regular
// and, not being part of the gradient, leaves the minimum where it is.
constexpr double kInterceptRidge = 1e-6;

/// block += weight · product
AVER_VECTOR_CLONES
void add_weighted(double* block, double weight, const double* product, std::size_t count) {
  AVER_INDEPENDENT
  for (std::size_t j = 0; j < count; ++j) block[j] += weight * product[j];
}

/// Turns scores into probabilities in place; returns ln Σ exp(score).
double softmax(std::span<double> scores) {
  const double top = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - top);
  for (double& score : scores) score /= sum;
  return top + std::log(sum);
}

/// The problem for the classes that have items; parameters are one row of `columns` per class, the
/// intercept last.
class Problem {
 public:
  Problem(std::span<const double> features, std::size_t width, std::vector<std::size_t> truths,
          std::size_t classes, double c)
      : columns_(width + 1), truths_(std::move(truths)), classes_(classes), c_(c) {
    rows_.reserve(truths_.size() * columns_);
    for (std::size_t i = 0; i < truths_.size(); ++i) {
      const auto row = features.subspan(i * width, width);
      rows_.insert(rows_.end(), row.begin(), row.end());
      rows_.push_back(1.0);
    }
    probabilities_.resize(truths_.size() * classes_);
  }

  std::size_t size() const { return classes_ * columns_; }
  std::size_t items() const { return truths_.size(); }

  /// Also leaves the probabilities of these parameters for gradient() and hessian().
  double objective(const std::vector<double>& parameters) {
    double loss = 0;
    for (std::size_t i = 0; i < truths_.size(); ++i) {
      const auto x = row(i);
      const auto p = std::span(probabilities_).subspan(i * classes_, classes_);
      for (std::size_t k = 0; k < classes_; ++k) {
        p[k] = std::inner_product(x.begin(), x.end(), &parameters[k * columns_], 0.0);
      }
      const double of_truth = p[truths_[i]];
      loss += softmax(p) - of_truth;
    }
    double penalty = 0;
    for (std::size_t j = 0; j < parameters.size(); ++j) {
      if (!is_intercept(j)) penalty += parameters[j] * parameters[j];
    }
    return c_ * loss + penalty / 2;
  }

  std::vector<double> gradient(const std::vector<double>& parameters) const {
    std::vector<double> result(size(), 0.0);
    for (std::size_t i = 0; i < truths_.size(); ++i) {
      const auto x = row(i);
      for (std::size_t k = 0; k < classes_; ++k) {
        const double error = c_ * (probability(i, k) - (truths_[i] == k ? 1.0 : 0.0));
        double* out = &result[k * columns_];
        AVER_INDEPENDENT
        for (std::size_t d = 0; d < columns_; ++d) out[d] += error * x[d];
      }
    }
    for (std::size_t j = 0; j < result.size(); ++j) {
      if (!is_intercept(j)) result[j] += parameters[j];
    }
    return result;
  }

  /// Row-major, size() × size(), lower triangle.
  std::vector<double> hessian() const {
    // Every block is a weighted sum of the same symmetric products x·xᵀ, kept as packed triangles.
    const std::size_t packed = columns_ * (columns_ + 1) / 2;
    std::vector<double> blocks(classes_ * (classes_ + 1) / 2 * packed, 0.0);
    std::vector<double> product(packed);
    for (std::size_t i = 0; i < truths_.size(); ++i) {
      const auto x = row(i);
      double* out = product.data();
      for (std::size_t d = 0; d < columns_; ++d) {
        for (std::size_t e = 0; e <= d; ++e) *out++ = x[d] * x[e];
      }
      double* block = blocks.data();
      for (std::size_t k = 0; k < classes_; ++k) {
        for (std::size_t l = 0; l <= k; ++l, block += packed) {
          const double weight = c_ * probability(i, k) * ((k == l ? 1.0 : 0.0) - probability(i, l));
          add_weighted(block, weight, product.data(), packed);
        }
      }
    }
    return unpacked(blocks, packed);
  }

 private:
  std::span<const double> row(std::size_t i) const {
    return std::span(rows_).subspan(i * columns_, columns_);
  }
  double probability(std::size_t i, std::size_t k) const {
    return probabilities_[i * classes_ + k];
  }
  bool is_intercept(std::size_t parameter) const { return parameter % columns_ == columns_ - 1; }

  std::vector<double> unpacked(const std::vector<double>& blocks, std::size_t packed) const {
    std::vector<double> result(size() * size(), 0.0);
    const double* block = blocks.data();
    for (std::size_t k = 0; k < classes_; ++k) {
      for (std::size_t l = 0; l <= k; ++l, block += packed) {
        for (std::size_t d = 0; d < columns_; ++d) {
          for (std::size_t e = 0; e < columns_; ++e) {
            const std::size_t high = std::max(d, e), low = std::min(d, e);
            result[(k * columns_ + d) * size() + l * columns_ + e] =
                block[high * (high + 1) / 2 + low];
          }
        }
      }
    }
    for (std::size_t j = 0; j < size(); ++j) {
      result[j * size() + j] += is_intercept(j) ? kInterceptRidge : 1.0;
    }
    return result;
  }

  std::size_t columns_;
  std::vector<std::size_t> truths_;
  std::size_t classes_;
  double c_;
  std::vector<double> rows_;
  std::vector<double> probabilities_;
};

/// Solves A·x = b for a symmetric positive definite A (row-major, lower triangle, overwritten) by
/// Cholesky's factorisation.
std::vector<double> solve(std::vector<double>& a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    double* row = &a[i * n];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* other = &a[j * n];
      const double rest = row[j] - std::inner_product(row, row + j, other, 0.0);
      row[j] = i == j ? std::sqrt(std::max(rest, 1e-300)) : rest / other[j];
    }
    b[i] = (b[i] - std::inner_product(row, row + i, b.begin(), 0.0)) / row[i];
  }
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= a[i * n + i];
    for (std::size_t j = 0; j < i; ++j) b[j] -= a[i * n + j] * b[i];
  }
  return b;
}

/// Newton's method with halved steps where a whole one goes too far.
std::vector<double> minimum_of(Problem& problem) {
  std::vector<double> parameters(problem.size(), 0.0);
  double value = problem.objective(parameters);
  for (int step = 0; step < kMostSteps; ++step) {
    const auto gradient = problem.gradient(parameters);
    const double largest =
        std::abs(*std::max_element(gradient.begin(), gradient.end(), [](double one, double other) {
          return std::abs(one) < std::abs(other);
        }));
    if (largest <= kGradientTolerance * static_cast<double>(problem.items())) break;
    auto hessian = problem.hessian();
    const auto direction = solve(hessian, gradient);
    double length = 1;
    std::vector<double> next(parameters.size());
    double next_value = value;
    for (; length > 1e-6; length /= 2) {
      for (std::size_t j = 0; j < next.size(); ++j) next[j] = parameters[j] - length * direction[j];
      next_value = problem.objective(next);
      if (next_value <= value) break;
    }
    if (!(next_value <= value)) break;  // as near as rounding lets it come
    parameters = std::move(next);
    value = next_value;
  }
  return parameters;
}

}  // namespace

LogisticRegression LogisticRegression::fit(std::span<const double> features, std::size_t width,
                                           const std::vector<std::size_t>& truths,
                                           std::size_t classes, double c) {
  if (width == 0 || features.size() != width * truths.size()) {
    throw Error("a logistic regression of {} items with {} features needs {} values, not {}",
                truths.size(), width, width * truths.size(), features.size());
  }
  LogisticRegression result;
  result.width_ = width;
  result.classes_ = classes;
  std::vector<std::size_t> position(classes, classes);
  for (const std::size_t truth : truths) position.at(truth) = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    if (position[k] == classes) continue;
    position[k] = result.present_.size();
    result.present_.push_back(k);
  }
  if (result.present_.size() < 2) {
    throw Error("a logistic regression needs items of at least two classes, and has {} of {}",
                truths.size(), result.present_.size());
  }
  std::vector<std::size_t> positions;
  for (const std::size_t truth : truths) positions.push_back(position[truth]);
  Problem problem(features, width, std::move(positions), result.present_.size(), c);
  const auto parameters = minimum_of(problem);
  result.coefficients_.assign(classes * (width + 1), 0.0);
  for (std::size_t k = 0; k < result.present_.size(); ++k) {
    std::copy_n(&parameters[k * (width + 1)], width + 1,
                &result.coefficients_[result.present_[k] * (width + 1)]);
  }
  return result;
}

std::vector<double> LogisticRegression::predict(std::span<const double> features) const {
  if (features.size() != width_) {
    throw Error("a logistic regression of {} features cannot take {}", width_, features.size());
  }
  std::vector<double> scores;
  for (const std::size_t k : present_) {
    const double* row = &coefficients_[k * (width_ + 1)];
    scores.push_back(std::inner_product(features.begin(), features.end(), row, row[width_]));
  }
  softmax(scores);
  std::vector<double> result(classes_, 0.0);
  for (std::size_t k = 0; k < present_.size(); ++k) result[present_[k]] = scores[k];
  return result;
}

}  // namespace aver
