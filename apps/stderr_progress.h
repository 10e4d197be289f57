#pragma once

#include <memory>

#include "base/progress.h"

namespace aver::cli {

/// One line on stderr that is redrawn where that is a terminal, or a log line every few seconds
/// elsewhere.
std::unique_ptr<Progress> stderr_progress();

}  // namespace aver::cli
