#pragma once

#include <span>
#include <string>
#include <vector>

namespace aver {

/// One channel said faster (tempo above 1) or slower at the same pitch, and so many semitones
/// higher or lower at that tempo, by overlapping pieces that fit (SoundTouch's WSOLA).
/// round(samples / tempo) samples; silence stays silence. Throws Error when SoundTouch refuses, as
/// it does above 192 kHz.
std::vector<float> with_tempo_and_pitch(std::span<const float> samples, int rate_hz, double tempo,
                                        double semitones);

/// A line of --version.
std::string soundtouch_version();

}  // namespace aver
