#include "eval/fusion.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace aver {
namespace {

std::vector<double> owned(std::span<const double> values) {
  return {values.begin(), values.end()};
}

double top(std::span<const double> values) {
  return *std::max_element(values.begin(), values.end());
}

std::vector<double> average_of(std::span<const double> audio, std::span<const double> visual,
                               double audio_weight) {
  std::vector<double> result(audio.size());
  weighted_average(audio, visual, audio_weight, result);
  return result;
}

std::vector<double> product_of(std::span<const double> audio, std::span<const double> visual) {
  std::vector<double> result(audio.size());
  std::transform(audio.begin(), audio.end(), visual.begin(), result.begin(), std::multiplies<>());
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  if (!(sum > 0)) return average_of(audio, visual, 0.5);
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace

void weighted_average(std::span<const double> audio, std::span<const double> visual,
                      double audio_weight, std::span<double> average) {
  std::transform(audio.begin(), audio.end(), visual.begin(), average.begin(),
                 [&](double a, double v) { return audio_weight * a + (1 - audio_weight) * v; });
}

bool is_fitted(FusionRule rule) {
  return rule == FusionRule::weighted || rule == FusionRule::stacked;
}

std::string_view name_of(FusionRule rule) {
  switch (rule) {
    case FusionRule::max_confidence:
      return "max-confidence";
    case FusionRule::mean:
      return "mean";
    case FusionRule::product:
      return "product";
    case FusionRule::weighted:
      return "weighted";
    case FusionRule::stacked:
      return "stacked";
  }
  throw Error("unknown fusion rule");
}

FusionRule fusion_rule_from_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const FusionRule rule : kFusionRules) {
    if (name_of(rule) == name) return rule;
    names.push_back(name_of(rule));
  }
  throw UsageError("--rule {}: there is no such fusion rule; there are {}", name,
                   fmt::join(names, ", "));
}

std::string_view name_of(DecidedBy decided) {
  switch (decided) {
    case DecidedBy::audio:
      return "audio";
    case DecidedBy::visual:
      return "visual";
    case DecidedBy::both:
      break;
  }
  return "both";
}

std::vector<double> stacking_features(std::span<const double> audio,
                                      std::span<const double> visual) {
  std::vector<double> features = owned(audio);
  features.insert(features.end(), visual.begin(), visual.end());
  return features;
}

Fused fuse(FusionRule rule, std::span<const double> audio, std::span<const double> visual,
           const FusionParameters& parameters) {
  if (audio.empty() && visual.empty()) {
    throw Error("cannot fuse: neither sound nor picture has a prediction");
  }
  if (audio.empty()) return {owned(visual), DecidedBy::visual, true};
  if (visual.empty()) return {owned(audio), DecidedBy::audio, true};
  if (audio.size() != visual.size()) {
    throw Error("cannot fuse a distribution over {} classes with one over {}", audio.size(),
                visual.size());
  }
  switch (rule) {
    case FusionRule::max_confidence:
      if (top(visual) > top(audio)) return {owned(visual), DecidedBy::visual, false};
      return {owned(audio), DecidedBy::audio, false};
    case FusionRule::mean:
      return {average_of(audio, visual, 0.5), DecidedBy::both, false};
    case FusionRule::product:
      return {product_of(audio, visual), DecidedBy::both, false};
    case FusionRule::weighted:
      return {average_of(audio, visual, parameters.audio_weight), DecidedBy::both, false};
    case FusionRule::stacked:
      return {parameters.stacked.predict(stacking_features(audio, visual)), DecidedBy::both, false};
  }
  throw Error("unknown fusion rule");
}

}  // namespace aver
