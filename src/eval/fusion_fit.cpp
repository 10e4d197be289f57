#include "eval/fusion_fit.h"

#include "base/error.h"
#include "eval/temperature.h"

namespace aver {
namespace {

double temperature_of(const std::vector<FusionFitClip>& clips, std::size_t modality,
                      const std::string& name) {
  std::vector<Labelled> items;
  for (const FusionFitClip& clip : clips) {
    if (!clip.answers[modality].empty()) items.push_back({clip.answers[modality], clip.truth});
  }
  if (items.empty()) {
    throw Error("none of the {} clips to fit on has the modality {}", clips.size(), name);
  }
  return fit_temperature(items);
}

std::vector<ReadyRule> ready_rules(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  std::vector<ReadyRule> rules;
  for (const FusionRule& rule : fusion_rules()) rules.push_back(rule.make(clips, classes));
  return rules;
}

}  // namespace

const ReadyRule& FusionFit::ready(const FusionRule& rule, bool with_temperatures) const {
  const auto index = static_cast<std::size_t>(&rule - fusion_rules().data());
  return (with_temperatures ? scaled : plain).at(index);
}

FusionFit fit_fusion(const std::vector<FusionFitClip>& clips, std::size_t classes,
                     const std::vector<std::string>& modalities) {
  FusionFit fit;
  for (std::size_t i = 0; i < modalities.size(); ++i) {
    fit.temperatures.push_back(temperature_of(clips, i, modalities[i]));
  }
  std::vector<FusionFitClip> whole;
  for (const FusionFitClip& clip : clips) {
    if (complete(clip.answers)) whole.push_back(clip);
  }
  if (whole.empty()) throw Error("none of the {} clips to fit on has all modalities", clips.size());
  fit.plain = ready_rules(whole, classes);

  std::vector<std::vector<double>> scaled;
  scaled.reserve(modalities.size() * whole.size());  // spans point into it
  for (FusionFitClip& clip : whole) {
    for (std::size_t i = 0; i < modalities.size(); ++i) {
      clip.answers[i] = scaled.emplace_back(with_temperature(clip.answers[i], fit.temperatures[i]));
    }
  }
  fit.scaled = ready_rules(whole, classes);
  return fit;
}

}  // namespace aver
