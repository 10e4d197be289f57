#pragma once

#include <string>

namespace aver {

// For the beginning of a program. The two settings are the whole process's, which is why nothing
// else in this module touches them.

/// FFmpeg no longer prints to stderr: its return codes say enough.
void quiet_ffmpeg();
/// OpenCV starts no threads of its own: clips run side by side.
void keep_opencv_on_one_thread();

/// For --version: "FFmpeg 5.1.9 (libavcodec 59.37.100)" and its like.
std::string ffmpeg_version();
std::string opencv_version();
std::string libsndfile_version();
std::string libsoxr_version();

}  // namespace aver
