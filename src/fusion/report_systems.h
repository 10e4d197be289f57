#pragma once

#include "fusion/report.h"

namespace aver {

Html confusion_section(const FusionResults& results);
Html reliability_section(const FusionResults& results);

}  // namespace aver
