#include "stages/sound_rate.h"

namespace aver {
namespace {

constexpr const char* kSoundRate = "sound-rate";

}  // namespace

void record_sound_rate(nlohmann::json& settings, int sample_rate_hz) {
  if (sample_rate_hz != kRecordedRateHz) settings[kSoundRate] = sample_rate_hz;
}

int recorded_sound_rate(const nlohmann::json& settings) {
  return settings.value(kSoundRate, kRecordedRateHz);
}

}  // namespace aver
