#pragma once

#include <cstddef>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// A multinomial logistic regression on the logarithms of all distributions, shrunk to the
/// calibrated product: an L2 penalty pulls the coefficients to those that make it. How strongly is
/// chosen among the clips it is fitted on, by the likelihood of groups of them that are left out;
/// where no departure from the product pays, it is the product. Clips that lack a modality do not
/// count. See FusionRule::make. Throws Error when the others are of fewer than two classes.
ReadyRule make_stacked(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// See FusionRule::restore.
ReadyRule restore_stacked(const std::vector<double>& parameters, std::size_t modalities,
                          std::size_t classes);

}  // namespace aver
