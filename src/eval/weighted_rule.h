#pragma once

#include <cstddef>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// The weighted average, with the weights of fit_weights(). See FusionRule::make.
ReadyRule make_weighted(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// See FusionRule::restore.
ReadyRule restore_weighted(const std::vector<double>& parameters, std::size_t modalities,
                           std::size_t classes);

/// The weights, 1 in all, with which the weighted average of all modalities gives the most right
/// answers; of equally good ones those with the least negative log likelihood. They are looked for
/// on a grid in steps of .01 for two modalities, .02 for three, .05 for four, .1 for five and .2
/// for more. Clips that lack a modality do not count.
std::vector<double> fit_weights(const std::vector<FusionFitClip>& clips);

}  // namespace aver
