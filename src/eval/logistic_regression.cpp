#include "eval/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/vector_clones.h"
#include "eval/cholesky.h"

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

/// What the penalty pulls the parameters to: nothing (zeros, the intercepts left free), or given
/// ones, intercepts too.
struct Pull {
  std::vector<double> toward = {};
  double of(std::size_t parameter) const { return toward.empty() ? 0 : toward[parameter]; }
  bool intercepts() const { return !toward.empty(); }
};

/// The problem for the classes that have items; parameters are one row of `columns` per class, the
/// intercept last.
class Problem {
 public:
  Problem(std::span<const double> features, std::size_t width, std::vector<std::size_t> truths,
          std::size_t classes, double c, Pull pull = {})
      : columns_(width + 1),
        truths_(std::move(truths)),
        classes_(classes),
        c_(c),
        pull_(std::move(pull)) {
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
      const double distance = parameters[j] - pull_.of(j);
      if (is_penalised(j)) penalty += distance * distance;
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
      if (is_penalised(j)) result[j] += parameters[j] - pull_.of(j);
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
  bool is_penalised(std::size_t parameter) const {
    return pull_.intercepts() || parameter % columns_ != columns_ - 1;
  }

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
      result[j * size() + j] += is_penalised(j) ? 1.0 : kInterceptRidge;
    }
    return result;
  }

  std::size_t columns_;
  std::vector<std::size_t> truths_;
  std::size_t classes_;
  double c_;
  Pull pull_;
  std::vector<double> rows_;
  std::vector<double> probabilities_;
};

/// Newton's method with halved steps where a whole one goes too far.
std::vector<double> minimum_of(Problem& problem, std::vector<double> parameters) {
  double value = problem.objective(parameters);
  for (int step = 0; step < kMostSteps; ++step) {
    const auto gradient = problem.gradient(parameters);
    const double largest =
        std::abs(*std::max_element(gradient.begin(), gradient.end(), [](double one, double other) {
          return std::abs(one) < std::abs(other);
        }));
    if (largest <= kGradientTolerance * static_cast<double>(problem.items())) break;
    auto hessian = problem.hessian();
    const auto direction = solve_positive_definite(hessian, gradient);
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
  const auto parameters = minimum_of(problem, std::vector<double>(problem.size(), 0.0));
  result.coefficients_.assign(classes * (width + 1), 0.0);
  for (std::size_t k = 0; k < result.present_.size(); ++k) {
    std::copy_n(&parameters[k * (width + 1)], width + 1,
                &result.coefficients_[result.present_[k] * (width + 1)]);
  }
  return result;
}

LogisticRegression LogisticRegression::fit_toward(std::span<const double> features,
                                                  const std::vector<std::size_t>& truths,
                                                  const LogisticRegression& toward,
                                                  double strength) {
  if (features.size() != toward.width_ * truths.size()) {
    throw Error("a logistic regression of {} items with {} features needs {} values, not {}",
                truths.size(), toward.width_, toward.width_ * truths.size(), features.size());
  }
  Problem problem(features, toward.width_, truths, toward.classes_, 1 / strength,
                  {toward.coefficients_});
  return of(toward.width_, toward.classes_, minimum_of(problem, toward.coefficients_));
}

LogisticRegression LogisticRegression::of(std::size_t width, std::size_t classes,
                                          std::vector<double> coefficients) {
  if (width == 0 || coefficients.size() != classes * (width + 1)) {
    throw Error("a logistic regression of {} classes with {} features has {} coefficients, not {}",
                classes, width, classes * (width + 1), coefficients.size());
  }
  LogisticRegression result;
  result.width_ = width;
  result.classes_ = classes;
  result.coefficients_ = std::move(coefficients);
  result.present_.resize(classes);
  std::iota(result.present_.begin(), result.present_.end(), std::size_t{0});
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
