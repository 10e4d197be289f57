#pragma once

#include <string>

namespace aver {

// For --version.

std::string libsndfile_version();
std::string libsoxr_version();

}  // namespace aver
