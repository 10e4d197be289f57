#pragma once

#include "synthesis/canvas.h"
#include "synthesis/performance.h"

namespace aver {

enum class HairStyle { crop, side_part, curly, long_straight, bob, bun };

/// What makes an actor's face the actor's. Lengths in units of half a head.
struct FaceIdentity {
  Colour skin, hair, iris, lips, shirt, backdrop;
  HairStyle style = HairStyle::crop;
  bool glasses = false;
  bool beard = false;
  double width = 1;  ///< factor on the width of the head
  double jaw = 1;    ///< factor on the width of the jaw
  double eye_spacing = .31;
  double eye_size = 1;
  double eye_height = -.09;
  double brow_thickness = .045;
  double brow_height = 0;
  double nose_length = .30;
  double nose_width = .085;
  double mouth_width = .25;
  double mouth_height = .54;
  double lip_thickness = 1;
};

FaceIdentity identity_of(const Performance& performance);

}  // namespace aver
