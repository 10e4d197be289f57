#pragma once

#include <cstddef>

#include "eval/fusion.h"

namespace aver {

/// A multinomial logistic regression (C = 1) on the probabilities of all modalities, fitted on the
/// clips that have all. See FusionRule::make. Throws Error when those are of fewer than two
/// classes.
ReadyRule make_stacked(const std::vector<FusionFitClip>& clips, std::size_t classes);

}  // namespace aver
