#include "eval/calibrated_product_rule.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "eval/calibration.h"
#include "eval/plain_rules.h"
#include "eval/temperature.h"

namespace aver {
namespace {

/// Temperatures of the modalities and after their product, with how likely they make the truths.
struct Candidate {
  std::vector<double> temperatures;  ///< the common one last
  double log_likelihood = 0;
};

/// The product of the distributions with their temperatures, before the common one.
std::vector<double> product_with(const ModalityDistributions& answers,
                                 std::span<const double> temperatures) {
  std::vector<std::vector<double>> scaled(answers.size());  // spans point into it
  ModalityDistributions used = answers;
  for (std::size_t m = 0; m < answers.size(); ++m) {
    // A temperature of 1 must not even round: the answers are to be those of the plain product.
    if (temperatures[m] == 1) continue;
    scaled[m] = with_temperature(answers[m], temperatures[m]);
    used[m] = scaled[m];
  }
  return product_of(used);
}

Candidate with_common_temperature(const std::vector<FusionFitClip>& clips,
                                  std::vector<double> temperatures) {
  std::vector<std::vector<double>> products;
  for (const FusionFitClip& clip : clips) {
    products.push_back(product_with(clip.answers, temperatures));
  }
  std::vector<Labelled> items;
  for (std::size_t i = 0; i < clips.size(); ++i) items.push_back({products[i], clips[i].truth});
  Candidate candidate{std::move(temperatures), 0};
  candidate.temperatures.push_back(fit_temperature(items));
  for (const Labelled& item : items) {
    const auto fused = with_temperature(item.probabilities, candidate.temperatures.back());
    candidate.log_likelihood += std::log(std::max(fused[item.truth], kProbabilityFloor));
  }
  return candidate;
}

}  // namespace

std::vector<double> fit_product_temperatures(const std::vector<FusionFitClip>& clips) {
  const auto whole = complete_clips(clips);
  if (whole.empty()) throw Error("temperatures cannot be fitted: no clip has all modalities");
  const std::size_t modalities = whole.front().answers.size();
  std::vector<double> own;
  for (std::size_t m = 0; m < modalities; ++m) {
    std::vector<Labelled> items;
    for (const FusionFitClip& clip : whole) items.push_back({clip.answers[m], clip.truth});
    own.push_back(fit_temperature(items));
  }
  const Candidate plain = with_common_temperature(whole, std::vector<double>(modalities, 1.0));
  const Candidate scaled = with_common_temperature(whole, std::move(own));
  const double by_chance =
      .5 * static_cast<double>(modalities - 1) * std::log(static_cast<double>(whole.size()));
  return scaled.log_likelihood - plain.log_likelihood > by_chance ? scaled.temperatures
                                                                  : plain.temperatures;
}

ReadyRule make_calibrated_product(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  const std::size_t modalities = clips.empty() ? 0 : clips.front().answers.size();
  return restore_calibrated_product(fit_product_temperatures(clips), modalities, classes);
}

ReadyRule restore_calibrated_product(const std::vector<double>& parameters, std::size_t modalities,
                                     std::size_t /*classes*/) {
  if (parameters.size() != modalities + 1) {
    throw Error("the product of {} modalities has {} temperatures, not {}", modalities,
                modalities + 1, parameters.size());
  }
  for (const double temperature : parameters) require_fitted_temperature(temperature);
  const auto fuse = [parameters](const ModalityDistributions& answers) {
    if (answers.size() + 1 != parameters.size()) {
      throw Error("{} temperatures were fitted, and {} modalities are there", parameters.size() - 1,
                  answers.size());
    }
    return Fused{with_temperature(product_with(answers, parameters), parameters.back()),
                 std::nullopt, false};
  };
  return {fuse, {}, parameters};
}

}  // namespace aver
