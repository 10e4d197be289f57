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

std::vector<double> temperatures_of(const std::vector<FusionFitClip>& clips,
                                    const std::vector<std::string>& modalities) {
  std::vector<double> temperatures;
  for (std::size_t i = 0; i < modalities.size(); ++i) {
    temperatures.push_back(temperature_of(clips, i, modalities[i]));
  }
  return temperatures;
}

/// Those that lack no modality. Throws Error without any.
std::vector<FusionFitClip> whole_ones(const std::vector<FusionFitClip>& clips) {
  auto whole = complete_clips(clips);
  if (whole.empty()) throw Error("none of the {} clips to fit on has all modalities", clips.size());
  return whole;
}

/// The clips with scaled distributions.
struct ScaledClips {
  ScaledClips(std::vector<FusionFitClip> whole, const std::vector<double>& temperatures)
      : clips(std::move(whole)) {
    values.reserve(temperatures.size() * clips.size());  // spans point into it
    for (FusionFitClip& clip : clips) {
      for (std::size_t i = 0; i < temperatures.size(); ++i) {
        clip.answers[i] = values.emplace_back(with_temperature(clip.answers[i], temperatures[i]));
      }
    }
  }
  std::vector<FusionFitClip> clips;
  std::vector<std::vector<double>> values;
};

}  // namespace

const ReadyRule& FusionFit::ready(const FusionRule& rule, bool with_temperatures) const {
  const auto index = static_cast<std::size_t>(&rule - fusion_rules().data());
  return (with_temperatures ? scaled : plain).at(index);
}

OneFit fit_rule(const FusionRule& rule, bool with_temperatures,
                const std::vector<FusionFitClip>& clips, std::size_t classes,
                const std::vector<std::string>& modalities) {
  auto temperatures = temperatures_of(clips, modalities);
  auto whole = whole_ones(clips);
  if (!with_temperatures) return {std::move(temperatures), rule.make(whole, classes)};
  const ScaledClips scaled(std::move(whole), temperatures);
  return {std::move(temperatures), rule.make(scaled.clips, classes)};
}

FusionFit fit_fusion(const std::vector<FusionFitClip>& clips, std::size_t classes,
                     const std::vector<std::string>& modalities) {
  FusionFit fit;
  fit.temperatures = temperatures_of(clips, modalities);
  const auto whole = whole_ones(clips);
  fit.plain = ready_rules(whole, classes);
  fit.scaled = ready_rules(ScaledClips(whole, fit.temperatures).clips, classes);
  return fit;
}

}  // namespace aver
