#pragma once

#include "fusion/report.h"

namespace aver {

/// The section is there only with more than two modalities.
Html combinations_section(const FusionResults& results);
Html rules_section(const FusionResults& results);
Html groups_section(const FusionResults& results);
Html changed_clips_section(const FusionResults& results);

}  // namespace aver
