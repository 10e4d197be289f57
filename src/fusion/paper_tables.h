#pragma once

#include <string>

#include "fusion/output.h"

namespace aver {

/// table.tex and table.md: the systems of the last scope for a paper, the verdict below.
std::string latex_of(const FusionResults& results);
std::string markdown_of(const FusionResults& results);

}  // namespace aver
