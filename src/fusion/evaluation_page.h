#pragma once

#include <string>

#include "fusion/evaluation.h"

namespace aver {

/// report.html: a page that is one file.
std::string html_of(const Evaluation& evaluation);

}  // namespace aver
