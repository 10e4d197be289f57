#pragma once

#include <nlohmann/json.hpp>

#include "features/mfcc.h"

namespace aver {

/// What the audio stage keeps sounds at unless told otherwise.
inline constexpr int kRecordedRateHz = 48000;

/// MFCC options as the stage folder, and an audio model, record them.
nlohmann::json mfcc_settings_of(const MfccOptions& options);
/// The options that were recorded. Throws Error when a key is missing or of another type.
MfccOptions mfcc_options_from(const nlohmann::json& settings);

/// Rate of the sounds the MFCCs were computed from, recorded when it is not kRecordedRateHz.
void record_sound_rate(nlohmann::json& settings, int sample_rate_hz);
int recorded_sound_rate(const nlohmann::json& settings);

}  // namespace aver
