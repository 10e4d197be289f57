#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aver {

/// 16-bit samples: x * 32768 rounded to nearest (ties to even), clipped, no dither.
std::vector<std::int16_t> to_pcm16(std::span<const float> samples);
/// x / 32768
std::vector<float> from_pcm16(std::span<const std::int16_t> pcm);

}  // namespace aver
