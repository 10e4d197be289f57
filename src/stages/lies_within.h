#pragma once

#include "base/files.h"

namespace aver {

/// Whether a path is the folder or below it, through whatever links.
bool lies_within(const fs::path& path, const fs::path& folder);

}  // namespace aver
