#pragma once

#include "synthesis/canvas.h"
#include "synthesis/expression.h"
#include "synthesis/face_identity.h"

namespace aver {

/// Eyes, brows, nose, mouth and folds, drawn on top of a head at `placement`.
void draw_features(cv::Mat& picture, const Placement& placement, const FaceIdentity& identity,
                   const Expression& expression, double blink, double gaze_x);

}  // namespace aver
