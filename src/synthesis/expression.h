#pragma once

#include "synthesis/performance.h"

namespace aver {

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

}  // namespace aver
