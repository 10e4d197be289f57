#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/fusion_fit.h"
#include "fusion/input.h"

namespace aver {

/// What fusion was fitted on, and which fit each clip may be fused with: never one that has seen
/// it.
struct FusionFits {
  std::vector<FusionFit> fits;
  std::vector<std::optional<std::size_t>> fit_of_clip;  ///< none: the clip itself was fitted on
  std::vector<std::string> fitted_on;  ///< per fit: "all folds but 3" or "the validation clips"
  std::string note;                    ///< one sentence: on what, or why on nothing
  bool possible() const { return !fits.empty(); }
};

/// With two folds or more, each is fused by what was fitted on the test clips of the others; else
/// all is fitted on the clips that validated both models. Where there is neither, or too few,
/// nothing is.
FusionFits fit_fusion_rules(const std::vector<FusionClip>& clips,
                            const std::vector<std::string>& classes, std::size_t workers);

}  // namespace aver
