#include "stages/recorded_sound.h"

#include "base/error.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/pcm16.h"

namespace aver {

RecordedSound recorded_sound(const MediaSource& source, int sample_rate_hz, Resampler& resampler) {
  const Sound sound = read_any_sound(source);
  if (sound.samples.empty()) throw Error("{} holds no sound", source.name());
  return {to_pcm16(resampler.resample(sound.samples, sound.sample_rate_hz, sample_rate_hz)),
          sound.start_seconds, remarks_on(sound)};
}

}  // namespace aver
