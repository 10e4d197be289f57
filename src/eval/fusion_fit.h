#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "eval/fusion.h"
#include "eval/fusion_rules.h"

namespace aver {

/// Everything in fusion that is fitted to data, and the rules that need no fitting beside it.
struct FusionFit {
  std::vector<double> temperatures;  ///< of each modality, see fit_temperature()
  std::vector<ReadyRule> plain;   ///< in the order of fusion_rules(), for distributions as they are
  std::vector<ReadyRule> scaled;  ///< for distributions with their temperatures

  /// One of fusion_rules(), for distributions with or without temperatures.
  const ReadyRule& ready(const FusionRule& rule, bool with_temperatures) const;
};

/// One rule, fitted, and the temperatures.
struct OneFit {
  std::vector<double> temperatures;  ///< of each modality
  ReadyRule rule;
};

/// The same as fit_fusion() of one of fusion_rules() alone, for distributions with or without
/// temperatures.
OneFit fit_rule(const FusionRule& rule, bool with_temperatures,
                const std::vector<FusionFitClip>& clips, std::size_t classes,
                const std::vector<std::string>& modalities);

/// Fits each temperature on the clips that have the modality, and the rules on those that have all.
/// `modalities` are their names, for errors. Throws Error when there are too few clips: none with a
/// modality, or only clips of one class with all.
FusionFit fit_fusion(const std::vector<FusionFitClip>& clips, std::size_t classes,
                     const std::vector<std::string>& modalities);

}  // namespace aver
