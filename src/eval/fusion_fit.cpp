#include "eval/fusion_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "eval/calibration.h"
#include "eval/confusion.h"
#include "eval/temperature.h"

namespace aver {
namespace {

bool has_both(const FusionFitClip& clip) {
  return !clip.audio.empty() && !clip.visual.empty();
}

FusionParameters fit_parameters(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  std::vector<double> features;
  std::vector<std::size_t> truths;
  for (const FusionFitClip& clip : clips) {
    if (!has_both(clip)) continue;
    const auto row = stacking_features(clip.audio, clip.visual);
    features.insert(features.end(), row.begin(), row.end());
    truths.push_back(clip.truth);
  }
  return {fit_audio_weight(clips), LogisticRegression::fit(features, 2 * classes, truths, classes)};
}

double temperature_of(const std::vector<FusionFitClip>& clips,
                      std::span<const double> FusionFitClip::*modality, const char* name) {
  std::vector<Labelled> items;
  for (const FusionFitClip& clip : clips) {
    if (!(clip.*modality).empty()) items.push_back({clip.*modality, clip.truth});
  }
  if (items.empty()) throw Error("none of the {} clips to fit on has a {}", clips.size(), name);
  return fit_temperature(items);
}

}  // namespace

double fit_audio_weight(const std::vector<FusionFitClip>& clips) {
  constexpr int kSteps = 100;
  double best = 0.5;
  std::vector<double> fused;  // one for all: there are a hundred weights times a thousand clips
  std::pair<std::size_t, double> best_result = {0, -std::numeric_limits<double>::infinity()};
  for (int step = 0; step <= kSteps; ++step) {
    const double weight = static_cast<double>(step) / kSteps;
    std::pair<std::size_t, double> result = {0, 0.0};  // right answers, log likelihood
    for (const FusionFitClip& clip : clips) {
      if (!has_both(clip)) continue;
      fused.resize(clip.audio.size());
      weighted_average(clip.audio, clip.visual, weight, fused);
      result.first += argmax(fused) == clip.truth ? 1 : 0;
      result.second += std::log(std::max(fused[clip.truth], kProbabilityFloor));
    }
    if (result > best_result) {
      best = weight;
      best_result = result;
    }
  }
  return best;
}

FusionFit fit_fusion(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  FusionFit fit;
  fit.audio_temperature = temperature_of(clips, &FusionFitClip::audio, "sound");
  fit.visual_temperature = temperature_of(clips, &FusionFitClip::visual, "picture");
  fit.plain = fit_parameters(clips, classes);

  std::vector<std::vector<double>> scaled;
  scaled.reserve(2 * clips.size());  // spans point into it
  const auto scale = [&](std::span<const double> values, double temperature) {
    if (values.empty()) return values;
    return std::span<const double>(scaled.emplace_back(with_temperature(values, temperature)));
  };
  std::vector<FusionFitClip> scaled_clips;
  for (const FusionFitClip& clip : clips) {
    scaled_clips.push_back({scale(clip.audio, fit.audio_temperature),
                            scale(clip.visual, fit.visual_temperature), clip.truth});
  }
  fit.scaled = fit_parameters(scaled_clips, classes);
  return fit;
}

}  // namespace aver
