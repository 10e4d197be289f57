#pragma once

#include <string>

namespace aver {

// The lines of --version.

std::string libsndfile_version();
std::string libsoxr_version();

}  // namespace aver
