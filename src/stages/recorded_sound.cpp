#include "stages/recorded_sound.h"

#include "base/error.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/pcm16.h"

namespace aver {

std::vector<std::int16_t> recorded_sound(const MediaSource& source, MediaKind kind,
                                         int sample_rate_hz, Resampler& resampler) {
  const Sound sound = kind == MediaKind::sound ? read_sound_file(source) : decode_sound(source);
  if (sound.samples.empty()) throw Error("{} holds no sound", source.name());
  return to_pcm16(resampler.resample(sound.samples, sound.sample_rate_hz, sample_rate_hz));
}

}  // namespace aver
