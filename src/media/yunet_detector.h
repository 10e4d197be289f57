#pragma once

#include <memory>

#include "base/files.h"
#include "media/face_detector.h"

namespace aver {

/// YuNet (Wu, Peng and Yu 2023), from the network of OpenCV's model zoo,
/// face_detection_yunet_2023mar.onnx. Throws Error when the file is no such network.
std::unique_ptr<FaceDetector> make_yunet_detector(const fs::path& model);

}  // namespace aver
