#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string_view>
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
  bool drops_frames = false;
};

/// All of them, in the order of the tables.
std::span<const PictureCondition> picture_conditions();

/// Throws UsageError for a name that is none of theirs.
const PictureCondition& picture_condition(std::string_view name);
/// Of those that keep every frame.
std::vector<const ConditionScale*> frame_condition_scales();

}  // namespace aver
