#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

#include "conditions/condition_scale.h"

namespace aver {

/// The frames of a clip as they are decoded, CV_8UC3, blue, green, red.
struct ClipPictures {
  std::vector<cv::Mat> frames;
  /// Of each frame the box of its face, from forehead to chin; the whole picture where nobody
  /// looked for one or none was found.
  std::vector<cv::Rect> faces;
};

/// One condition of pictures. A new one is a function and its row in picture_conditions.cpp.
struct PictureCondition {
  ConditionScale scale;
  /// Frames of its own, in their order; fewer where the condition drops some, but never none.
  std::vector<cv::Mat> (*apply)(const ClipPictures& clip, double level) = nullptr;
};

/// All of them, in the order of the tables.
std::span<const PictureCondition> picture_conditions();

}  // namespace aver
