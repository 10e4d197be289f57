#include "eval/stacked_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "eval/calibrated_product_rule.h"
#include "eval/calibration.h"
#include "eval/logistic_regression.h"
#include "eval/temperature.h"

namespace aver {
namespace {

// From strong to weak. Each clip's penalty-free likelihood counts 1: a thousand clips hardly move
// what 30,000 holds.
constexpr std::array kStrengths = {30'000., 10'000., 3000., 1000., 300., 100., 30., 10.};
// Five, as is usual for a cross-validation: it was fixed by that custom, not by any scored clip.
constexpr std::size_t kParts = 5;

void append_all(std::vector<double>& features, const ModalityDistributions& answers) {
  for (const auto& answer : answers) {
    const auto logs = logarithms(answer);
    features.insert(features.end(), logs.begin(), logs.end());
  }
}

/// Clips as items of a regression.
struct Items {
  std::vector<double> features;
  std::vector<std::size_t> truths;
};

Items items_of(const std::vector<FusionFitClip>& clips) {
  Items items;
  for (const FusionFitClip& clip : clips) {
    append_all(items.features, clip.answers);
    items.truths.push_back(clip.truth);
  }
  return items;
}

/// The regression that answers as the product calibrated on these clips does.
LogisticRegression product_on(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  const auto temperatures = fit_product_temperatures(clips);
  const std::size_t modalities = temperatures.size() - 1, columns = modalities * classes + 1;
  std::vector<double> coefficients(classes * columns, 0.0);
  for (std::size_t m = 0; m < modalities; ++m) {
    for (std::size_t k = 0; k < classes; ++k) {
      coefficients[k * columns + m * classes + k] = 1 / (temperatures[m] * temperatures.back());
    }
  }
  return LogisticRegression::of(columns - 1, classes, std::move(coefficients));
}

double log_likelihood(const LogisticRegression& model, const Items& items) {
  const std::size_t width = items.features.size() / items.truths.size();
  double sum = 0;
  for (std::size_t i = 0; i < items.truths.size(); ++i) {
    const auto p = model.predict(std::span(items.features).subspan(i * width, width));
    sum += std::log(std::max(p[items.truths[i]], kProbabilityFloor));
  }
  return sum;
}

/// A part of the clips that is left out, and what is fitted on the others.
struct LeftOut {
  Items others, part;
};

/// Whole groups, dealt in the order in which they come.
std::vector<LeftOut> left_out_parts(const std::vector<FusionFitClip>& clips) {
  std::map<std::size_t, std::size_t> rank_of_group;
  for (const FusionFitClip& clip : clips) {
    rank_of_group.try_emplace(clip.group, rank_of_group.size());
  }
  std::vector<LeftOut> parts;
  if (rank_of_group.size() < 2) return parts;
  for (std::size_t p = 0; p < std::min(kParts, rank_of_group.size()); ++p) {
    std::vector<FusionFitClip> others, part;
    for (const FusionFitClip& clip : clips) {
      (rank_of_group[clip.group] % kParts == p ? part : others).push_back(clip);
    }
    parts.push_back({items_of(others), items_of(part)});
  }
  return parts;
}

/// The strength with the best likelihood of what is left out; 0 where the product itself has it,
/// whose few temperatures have seen all parts, which is to its advantage.
double best_strength(const std::vector<LeftOut>& parts, const LogisticRegression& product) {
  double best = 0, best_value = 0;
  for (const LeftOut& part : parts) best_value += log_likelihood(product, part.part);
  for (const double strength : kStrengths) {
    double value = 0;
    for (const LeftOut& part : parts) {
      const auto model = LogisticRegression::fit_toward(part.others.features, part.others.truths,
                                                        product, strength);
      value += log_likelihood(model, part.part);
    }
    // The likelihood has one peak between the product and no penalty at all.
    if (value <= best_value) break;
    best = strength;
    best_value = value;
  }
  return parts.empty() ? 0 : best;
}

}  // namespace

ReadyRule make_stacked(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  const auto whole = complete_clips(clips);
  std::set<std::size_t> found;
  for (const FusionFitClip& clip : whole) found.insert(clip.truth);
  if (found.size() < 2) {
    throw Error("a logistic regression needs items of at least two classes, and has {} of {}",
                whole.size(), found.size());
  }
  LogisticRegression model = product_on(whole, classes);
  if (const double strength = best_strength(left_out_parts(whole), model); strength > 0) {
    const Items items = items_of(whole);
    model = LogisticRegression::fit_toward(items.features, items.truths, model, strength);
  }
  return restore_stacked(model.coefficients(), whole.front().answers.size(), classes);
}

ReadyRule restore_stacked(const std::vector<double>& parameters, std::size_t modalities,
                          std::size_t classes) {
  const auto model = LogisticRegression::of(modalities * classes, classes, parameters);
  const auto fuse = [model](const ModalityDistributions& answers) {
    std::vector<double> row;
    append_all(row, answers);
    return Fused{model.predict(row), std::nullopt, false};
  };
  return {fuse, {}, parameters};
}

}  // namespace aver
