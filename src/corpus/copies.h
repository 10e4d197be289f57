#pragma once

#include "base/files.h"

namespace aver {

/// Whether two files are equal byte for byte. Throws Error when one cannot be read.
bool are_copies(const fs::path& a, const fs::path& b);

}  // namespace aver
