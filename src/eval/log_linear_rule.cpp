#include "eval/log_linear_rule.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "eval/cholesky.h"
#include "eval/temperature.h"

namespace aver {
namespace {

constexpr double kLargestExponent = 20;
constexpr int kMostSteps = 60;
constexpr double kRidge = 1e-9;  // keeps the Hessian of modalities that say the same regular

/// The logarithms of one clip, one row per modality, and the true class.
struct LogClip {
  std::vector<std::vector<double>> logs;
  std::size_t truth = 0;
};

std::vector<double> pool(const std::vector<std::vector<double>>& logs,
                         std::span<const double> exponents) {
  std::vector<double> result(logs.front().size(), 0.0);
  for (std::size_t m = 0; m < logs.size(); ++m) {
    for (std::size_t k = 0; k < result.size(); ++k) result[k] += exponents[m] * logs[m][k];
  }
  const double top = *std::max_element(result.begin(), result.end());
  for (double& value : result) value = std::exp(value - top);
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& value : result) value /= sum;
  return result;
}

/// The negative log likelihood by the exponents, with its derivatives.
struct Loss {
  double value = 0;
  std::vector<double> gradient;
  std::vector<double> hessian;  ///< row-major
};

Loss loss_at(const std::vector<LogClip>& clips, std::span<const double> exponents) {
  const std::size_t size = exponents.size();
  Loss loss{0, std::vector<double>(size, 0.0), std::vector<double>(size * size, 0.0)};
  std::vector<double> means(size);
  for (const LogClip& clip : clips) {
    const auto p = pool(clip.logs, exponents);
    loss.value -= std::log(std::max(p[clip.truth], 1e-300));
    for (std::size_t m = 0; m < size; ++m) {
      means[m] = std::inner_product(p.begin(), p.end(), clip.logs[m].begin(), 0.0);
      loss.gradient[m] += means[m] - clip.logs[m][clip.truth];
      for (std::size_t other = 0; other <= m; ++other) {
        double product = 0;
        for (std::size_t k = 0; k < p.size(); ++k) {
          product += p[k] * clip.logs[m][k] * clip.logs[other][k];
        }
        loss.hessian[m * size + other] += product - means[m] * means[other];
      }
    }
  }
  return loss;
}

/// The step of Newton's method in the exponents that may move; those at a bound that the likelihood
/// pushes against stay there.
std::vector<double> direction_at(const Loss& loss, std::span<const double> exponents) {
  const std::size_t size = exponents.size();
  std::vector<std::size_t> moving;
  for (std::size_t m = 0; m < size; ++m) {
    const bool held = (exponents[m] <= 0 && loss.gradient[m] > 0) ||
                      (exponents[m] >= kLargestExponent && loss.gradient[m] < 0);
    if (!held) moving.push_back(m);
  }
  std::vector<double> hessian, gradient;
  for (const std::size_t row : moving) {
    for (const std::size_t column : moving) {
      hessian.push_back(loss.hessian[std::max(row, column) * size + std::min(row, column)]);
    }
    gradient.push_back(loss.gradient[row]);
  }
  for (std::size_t i = 0; i < moving.size(); ++i) hessian[i * moving.size() + i] += kRidge;
  const auto step = solve_positive_definite(hessian, gradient);
  std::vector<double> direction(size, 0.0);
  for (std::size_t i = 0; i < moving.size(); ++i) direction[moving[i]] = step[i];
  return direction;
}

}  // namespace

std::vector<double> fit_exponents(const std::vector<FusionFitClip>& clips) {
  std::vector<LogClip> whole;
  for (const FusionFitClip& clip : complete_clips(clips)) {
    LogClip taken{{}, clip.truth};
    for (const auto& answer : clip.answers) taken.logs.push_back(logarithms(answer));
    whole.push_back(std::move(taken));
  }
  if (whole.empty()) throw Error("exponents cannot be fitted: no clip has all modalities");
  std::vector<double> exponents(whole.front().logs.size(), .5);
  Loss loss = loss_at(whole, exponents);
  for (int step = 0; step < kMostSteps; ++step) {
    const auto direction = direction_at(loss, exponents);
    std::vector<double> next(exponents.size());
    Loss next_loss;
    double length = 1;
    for (; length > 1e-6; length /= 2) {
      for (std::size_t m = 0; m < next.size(); ++m) {
        next[m] = std::clamp(exponents[m] - length * direction[m], 0.0, kLargestExponent);
      }
      next_loss = loss_at(whole, next);
      if (next_loss.value <= loss.value) break;
    }
    if (!(next_loss.value <= loss.value)) break;  // as near as rounding lets it come
    double moved = 0;
    for (std::size_t m = 0; m < next.size(); ++m) {
      moved = std::max(moved, std::abs(next[m] - exponents[m]));
    }
    exponents = std::move(next);
    loss = std::move(next_loss);
    if (moved < 1e-10) break;
  }
  return exponents;
}

ReadyRule make_log_linear(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  const std::size_t modalities = clips.empty() ? 0 : clips.front().answers.size();
  return restore_log_linear(fit_exponents(clips), modalities, classes);
}

ReadyRule restore_log_linear(const std::vector<double>& parameters, std::size_t modalities,
                             std::size_t /*classes*/) {
  if (parameters.size() != modalities) {
    throw Error("the log-linear rule of {} modalities has as many exponents, not {}", modalities,
                parameters.size());
  }
  for (const double exponent : parameters) {
    if (!(exponent >= 0)) throw Error("an exponent is 0 or more, and {} is not", exponent);
  }
  const auto fuse = [parameters](const ModalityDistributions& answers) {
    if (answers.size() != parameters.size()) {
      throw Error("{} exponents were fitted, and {} modalities are there", parameters.size(),
                  answers.size());
    }
    std::vector<std::vector<double>> logs;
    for (const auto& answer : answers) logs.push_back(logarithms(answer));
    return Fused{pool(logs, parameters), std::nullopt, false};
  };
  const double sum = std::accumulate(parameters.begin(), parameters.end(), 0.0);
  std::vector<double> weights = parameters;
  for (double& weight : weights) {
    weight = sum > 0 ? weight / sum : 1 / static_cast<double>(modalities);
  }
  return {fuse, weights, parameters};
}

}  // namespace aver
