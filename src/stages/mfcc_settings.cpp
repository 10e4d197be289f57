#include "stages/mfcc_settings.h"

#include "base/error.h"

namespace aver {
namespace {

constexpr const char* kSoundRate = "sound-rate";

}  // namespace

nlohmann::json mfcc_settings_of(const MfccOptions& options) {
  return {{"sample-rate", options.sample_rate_hz},
          {"coefficients", options.coefficients},
          {"n-fft", options.fft_length},
          {"hop-length", options.hop_length},
          {"mels", options.mel_bands},
          {"lowest-hz", options.lowest_hz},
          {"highest-hz", options.highest_hz},
          {"top-db", options.top_db},
          {"window", options.window}};
}

MfccOptions mfcc_options_from(const nlohmann::json& settings) {
  MfccOptions options;
  try {
    settings.at("sample-rate").get_to(options.sample_rate_hz);
    settings.at("coefficients").get_to(options.coefficients);
    settings.at("n-fft").get_to(options.fft_length);
    settings.at("hop-length").get_to(options.hop_length);
    settings.at("mels").get_to(options.mel_bands);
    settings.at("lowest-hz").get_to(options.lowest_hz);
    settings.at("highest-hz").get_to(options.highest_hz);
    settings.at("top-db").get_to(options.top_db);
    settings.at("window").get_to(options.window);
  } catch (const nlohmann::json::exception& error) {
    throw Error("the recorded MFCC settings cannot be read: {}", error.what());
  }
  return options;
}

void record_sound_rate(nlohmann::json& settings, int sample_rate_hz) {
  if (sample_rate_hz != kRecordedRateHz) settings[kSoundRate] = sample_rate_hz;
}

int recorded_sound_rate(const nlohmann::json& settings) {
  return settings.value(kSoundRate, kRecordedRateHz);
}

}  // namespace aver
