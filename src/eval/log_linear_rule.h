#pragma once

#include <cstddef>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// The log-linear pool: a product in which every distribution has an exponent. The weights are the
/// exponents' shares; their sum is the inverse of a common temperature. See FusionRule::make.
ReadyRule make_log_linear(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// See FusionRule::restore.
ReadyRule restore_log_linear(const std::vector<double>& parameters, std::size_t modalities,
                             std::size_t classes);

/// The exponents, each from 0 to 20, with the least negative log likelihood, all at once. Clips
/// that lack a modality do not count. Throws Error when all do.
std::vector<double> fit_exponents(const std::vector<FusionFitClip>& clips);

}  // namespace aver
