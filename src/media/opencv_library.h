#pragma once

#include <string>

namespace aver {

// Call this at the beginning of a program: the setting is the whole process's, which is why nothing
// else in this module touches it.

/// OpenCV starts no threads of its own: clips run side by side.
void keep_opencv_on_one_thread();

/// The line of --version: "OpenCV 4.6.0".
std::string opencv_version();

}  // namespace aver
