#pragma once

#include <cstddef>
#include <vector>

#include "eval/fusion.h"

namespace aver {

// Rules that have nothing to fit; see FusionRule::make.

/// The distribution with the highest top probability decides; a tie goes to the modality that
/// comes first.
ReadyRule make_max_confidence(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// The average.
ReadyRule make_mean(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// Class by class, normalised; the average where it leaves no class possible.
std::vector<double> product_of(const ModalityDistributions& answers);

/// The product, normalised; the average where it leaves no class possible.
ReadyRule make_product(const std::vector<FusionFitClip>& clips, std::size_t classes);

}  // namespace aver
