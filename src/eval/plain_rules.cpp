#include "eval/plain_rules.h"

#include <algorithm>
#include <numeric>

namespace aver {
namespace {

double top(std::span<const double> values) {
  return *std::max_element(values.begin(), values.end());
}

std::vector<double> mean_of(const ModalityDistributions& answers) {
  const std::vector<double> weights(answers.size(), 1 / static_cast<double>(answers.size()));
  std::vector<double> result(answers.front().size());
  weighted_average(answers, weights, result);
  return result;
}

Fused surest(const ModalityDistributions& answers) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < answers.size(); ++i) {
    if (top(answers[i]) > top(answers[best])) best = i;
  }
  return {{answers[best].begin(), answers[best].end()}, best, false};
}

}  // namespace

std::vector<double> product_of(const ModalityDistributions& answers) {
  std::vector<double> result(answers.front().begin(), answers.front().end());
  for (std::size_t i = 1; i < answers.size(); ++i) {
    std::transform(result.begin(), result.end(), answers[i].begin(), result.begin(),
                   std::multiplies<>());
  }
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  if (!(sum > 0)) return mean_of(answers);
  for (double& value : result) value /= sum;
  return result;
}

ReadyRule make_max_confidence(const std::vector<FusionFitClip>& /*clips*/,
                              std::size_t /*classes*/) {
  return {surest, {}, {}};
}

ReadyRule make_mean(const std::vector<FusionFitClip>& /*clips*/, std::size_t /*classes*/) {
  const auto fuse = [](const ModalityDistributions& answers) {
    return Fused{mean_of(answers), std::nullopt, false};
  };
  return {fuse, {}, {}};
}

ReadyRule make_product(const std::vector<FusionFitClip>& /*clips*/, std::size_t /*classes*/) {
  const auto fuse = [](const ModalityDistributions& answers) {
    return Fused{product_of(answers), std::nullopt, false};
  };
  return {fuse, {}, {}};
}

}  // namespace aver
