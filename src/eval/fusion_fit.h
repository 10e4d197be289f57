#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// A clip that fusion is fitted on; an empty distribution is a missing modality.
struct FusionFitClip {
  std::span<const double> audio;
  std::span<const double> visual;
  std::size_t truth = 0;
};

/// Everything in fusion that is fitted to data.
struct FusionFit {
  double audio_temperature = 1;  ///< see fit_temperature()
  double visual_temperature = 1;
  FusionParameters plain;   ///< for the distributions as they are
  FusionParameters scaled;  ///< for the distributions with their temperatures
};

/// Fits temperatures on the clips that have the modality, weight and logistic regression (C = 1) on
/// those that have both. Throws Error when there are too few: none with a modality, or only clips
/// of one class with both.
FusionFit fit_fusion(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// The weight of the sound, from 0 to 1 in steps of .01, with which the weighted average of both
/// distributions gives the most right answers; of equally good ones that with the least negative
/// log likelihood. Clips that lack a modality do not count.
double fit_audio_weight(const std::vector<FusionFitClip>& clips);

}  // namespace aver
