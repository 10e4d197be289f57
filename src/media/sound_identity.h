#pragma once

#include <string>

#include "media/audio_file.h"

namespace aver {

/// What tells whether two recordings are the same sound: the number of their 16-bit samples at
/// their own rate (mean of the channels) and a hash of them. "" when there is no sample or all are
/// equal, for silences are alike without being the same recording.
std::string sound_identity(const Sound& sound);

}  // namespace aver
