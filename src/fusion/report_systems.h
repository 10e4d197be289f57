#pragma once

#include "fusion/report.h"

namespace aver {

Html confusion_section(const FusionResults& results);
Html reliability_section(const FusionResults& results);

/// Counts, each shaded by its share of the true class; nothing for a system without answers.
Html confusion_table(const SystemResult& system, const std::string& name);
/// A share in percent in its shade, and something small behind it.
HtmlCell share_cell(const std::optional<double>& share, const std::string& more);

}  // namespace aver
