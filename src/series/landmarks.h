#pragma once

#include <vector>

#include "base/array.h"
#include "features/mfcc_input.h"

namespace aver {

/// Numbers of a frame of 68 facial landmarks in the order of iBUG 300-W (Sagonas et al. 2013),
/// which dlib and OpenFace use: x of all points, then y.
inline constexpr std::size_t kLandmarkNumbers = 2 * 68;

/// Turns, moves and scales each frame ([frames, 136], in place) so that the middle of the eyes is
/// the origin, the line through them level, and their distance 1: what is left is what the face
/// does. With `scale_of_clip` the unit is the median distance of the clip, so that a face that
/// comes nearer grows. A frame whose eyes fall together stays unturned and unscaled. Throws Error
/// when a frame has another number of values.
void align_by_eyes(FloatArray& frames, bool scale_of_clip);

/// Where each of the 136 numbers of a mirrored, aligned face comes from: points change sides.
std::vector<MirroredFeature> mirrored_landmarks();

}  // namespace aver
