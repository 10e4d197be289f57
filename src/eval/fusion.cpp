#include "aver/eval/fusion.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "aver/base/error.h"

namespace aver {
namespace {

constexpr std::array<std::pair<FusionRule, std::string_view>, 3> kRules = {{
    {FusionRule::max_confidence, "max-confidence"},
    {FusionRule::mean, "mean"},
    {FusionRule::product, "product"},
}};

std::vector<double> owned(std::span<const double> values) {
  return {values.begin(), values.end()};
}

double top(std::span<const double> values) {
  return *std::max_element(values.begin(), values.end());
}

std::vector<double> mean_of(std::span<const double> audio, std::span<const double> visual) {
  std::vector<double> result(audio.size());
  std::transform(audio.begin(), audio.end(), visual.begin(), result.begin(),
                 [](double a, double v) { return (a + v) / 2; });
  return result;
}

std::vector<double> product_of(std::span<const double> audio, std::span<const double> visual) {
  std::vector<double> result(audio.size());
  std::transform(audio.begin(), audio.end(), visual.begin(), result.begin(), std::multiplies<>());
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  if (!(sum > 0)) return mean_of(audio, visual);
  for (double& value : result) value /= sum;
  return result;
}

}  // namespace

std::string_view name_of(FusionRule rule) {
  for (const auto& [known, name] : kRules) {
    if (known == rule) return name;
  }
  throw Error("unknown fusion rule");
}

FusionRule fusion_rule_from_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& [rule, known] : kRules) {
    if (known == name) return rule;
    names.push_back(known);
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

Fused fuse(FusionRule rule, std::span<const double> audio, std::span<const double> visual) {
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
      return {mean_of(audio, visual), DecidedBy::both, false};
    case FusionRule::product:
      return {product_of(audio, visual), DecidedBy::both, false};
  }
  throw Error("unknown fusion rule");
}

}  // namespace aver
