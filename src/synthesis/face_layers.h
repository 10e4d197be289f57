#pragma once

#include "synthesis/canvas.h"
#include "synthesis/face_identity.h"

namespace aver {

/// Parts that do not move within a clip: drawn once, in layers that are then moved as one.
struct FaceLayers {
  Layer back_hair;
  Layer body;
  Layer head;
};
/// `light` is the direction the light comes from, -1 left … 1 right.
FaceLayers draw_layers(const FaceIdentity& identity, cv::Size size, const Placement& rest,
                       double light);

}  // namespace aver
