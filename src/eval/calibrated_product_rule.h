#pragma once

#include <cstddef>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// The product of distributions that each have a temperature, with one temperature after it, so
/// that it is as sure as it is right. See FusionRule::make.
ReadyRule make_calibrated_product(const std::vector<FusionFitClip>& clips, std::size_t classes);

/// See FusionRule::restore.
ReadyRule restore_calibrated_product(const std::vector<double>& parameters, std::size_t modalities,
                                     std::size_t classes);

/// A temperature for each modality, then the common one, on the clips that lack none. The
/// likelihood of each modality alone fits its own, that of the product fits the common one. Where
/// the plain product with a common temperature is as likely, the modalities' are 1, and the answers
/// are those of the plain product: what is gained must be more than chance gives (½ ln n for each
/// modality but one, as in Schwarz's criterion). Throws Error without such clips.
std::vector<double> fit_product_temperatures(const std::vector<FusionFitClip>& clips);

}  // namespace aver
