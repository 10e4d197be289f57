#pragma once

#include <span>
#include <vector>

namespace aver {

/// What through_opus() takes and gives.
inline constexpr int kOpusRateHz = 48000;

/// One channel of kOpusRateHz, encoded by libopus at about so many bits a second (as it does by
/// default: variable rate, 20 ms frames, the band that suits the rate) and decoded again. As many
/// samples as there were, at their place: the coder's delay is taken off. Throws Error when FFmpeg
/// has no libopus, or it refuses.
std::vector<float> through_opus(std::span<const float> samples, int bits_per_second);

}  // namespace aver
