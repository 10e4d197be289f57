#pragma once

#include <string>
#include <vector>

#include "eval/fitted_fusion.h"
#include "fusion/output.h"

namespace aver {

/// fusion.json: the chosen rule for people who were not met, fitted to all clips that it may be
/// fitted on, with the threshold of prediction sets when those were asked for.
FittedFusion fusion_for_new_people(const FusionResults& results,
                                   const std::vector<FusionClip>& clips);

}  // namespace aver
