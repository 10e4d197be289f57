#pragma once

#include <string>

namespace aver {

// Call this at the beginning of a program: the setting is the whole process's, which is why nothing
// else in this module touches it.

/// FFmpeg no longer prints to stderr: its return codes say enough.
void quiet_ffmpeg();

/// The line of --version: "FFmpeg 5.1.9 (libavcodec 59.37.100)".
std::string ffmpeg_version();

}  // namespace aver
