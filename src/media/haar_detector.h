#pragma once

#include <memory>

#include "base/files.h"
#include "media/face_detector.h"

namespace aver {

/// OpenCV's Haar cascade (Viola and Jones 2001). What is smaller than a sixth of the picture's
/// shorter side is not looked for. Throws Error when the file is no cascade that OpenCV reads.
std::unique_ptr<FaceDetector> make_haar_detector(const fs::path& cascade);

}  // namespace aver
