#pragma once

#include <nlohmann/json.hpp>

namespace aver {

/// What the audio stage keeps sounds at unless told otherwise.
inline constexpr int kRecordedRateHz = 48000;

/// Rate of the sounds that features were computed from, recorded when it is not kRecordedRateHz.
void record_sound_rate(nlohmann::json& settings, int sample_rate_hz);
int recorded_sound_rate(const nlohmann::json& settings);

}  // namespace aver
