#pragma once

#include "media/media_source.h"

namespace aver::robustness {

/// Far below what programs allow, so that an input which asks for more than its limits is seen as
/// one that takes too long or too much memory.
inline MediaLimits fuzz_limits() {
  MediaLimits limits;
  limits.seconds = 60;
  limits.pixels = 1 << 20;
  limits.streams = 100;
  limits.pictures = 200;
  return limits;
}

}  // namespace aver::robustness
