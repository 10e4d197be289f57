#include "stages/mfcc_settings.h"

#include "base/error.h"
#include "base/options.h"

namespace aver {
namespace {

constexpr const char* kSoundRate = "sound-rate";

}  // namespace

nlohmann::json mfcc_settings_of(const MfccOptions& options) {
  return Options::of(options).to_json();
}

MfccOptions mfcc_options_from(const nlohmann::json& settings) {
  MfccOptions recorded;
  Options options;
  recorded.describe(options);
  try {
    options.from_json(settings);
  } catch (const Error& error) {
    throw Error("the recorded MFCC settings cannot be read: {}", error.what());
  }
  return recorded;
}

void record_sound_rate(nlohmann::json& settings, int sample_rate_hz) {
  if (sample_rate_hz != kRecordedRateHz) settings[kSoundRate] = sample_rate_hz;
}

int recorded_sound_rate(const nlohmann::json& settings) {
  return settings.value(kSoundRate, kRecordedRateHz);
}

}  // namespace aver
