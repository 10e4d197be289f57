#pragma once

#include <string>
#include <vector>

#include "aver/estimate.h"

namespace aver::test {

/// What a voice says of a stretch, of two classes: the probability of the first; below 0 there is
/// nothing to listen to.
inline EmotionEstimate made_estimate(double start, double end, double first,
                                     const std::vector<std::string>& classes) {
  EmotionEstimate one;
  one.start = start;
  one.end = end;
  if (first < 0) return one;
  one.audio = one.fused = {first, 1 - first};
  one.top = first > .5 ? 0 : 1;
  one.emotion = classes[one.top];
  one.decided_by = "audio";
  return one;
}

}  // namespace aver::test
