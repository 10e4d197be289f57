#pragma once

#include "aver/synthesis/performance.h"
#include "synthesis/canvas.h"

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

/// The state of a face, in deviations from rest; 1 is a full movement of the muscle.
struct Expression {
  double brow_inner = 0;  ///< inner ends raised
  double brow_outer = 0;  ///< outer ends raised
  double brow_lower = 0;  ///< drawn down and together
  double lids = 0;        ///< opened beyond rest (+), drooping (-)
  double squint = 0;      ///< lower lids raised
  double gaze = 0;        ///< looking down (+)
  double smile = 0;       ///< corners of the mouth up (+), down (-)
  double stretch = 0;     ///< mouth wider (+), pursed (-)
  double open = 0;        ///< jaw dropped
  double lip_raise = 0;   ///< upper lip raised
  double press = 0;       ///< lips pressed together
  double nose = 0;        ///< nose wrinkled
  double blush = 0;
  double nod = 0;    ///< head lowered (+), thrown back (-)
  double tilt = 0;   ///< head to the side
  double lean = 0;   ///< towards the camera
  double speed = 0;  ///< of the head's own movements
  double tremble = 0;
};

/// The expression of each emotion at its height (action units after Ekman & Friesen 1978), mixed.
Expression mixed_expression(const EmotionWeights& weights);

Expression operator*(double factor, const Expression& expression);
Expression operator+(const Expression& a, const Expression& b);

/// Parts that do not move within a clip: drawn once, in layers that are then moved as one.
struct FaceLayers {
  Layer back_hair;
  Layer body;
  Layer head;
};
/// `light` is the direction the light comes from, -1 left … 1 right.
FaceLayers draw_layers(const FaceIdentity& identity, cv::Size size, const Placement& rest,
                       double light);

/// Eyes, brows, nose, mouth and folds, drawn on top of a head at `placement`.
void draw_features(cv::Mat& picture, const Placement& placement, const FaceIdentity& identity,
                   const Expression& expression, double blink, double gaze_x);

}  // namespace aver
