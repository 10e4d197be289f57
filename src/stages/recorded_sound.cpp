#include "stages/recorded_sound.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/pcm16.h"

namespace aver {
namespace {

/// The samples from start to end of a clip that is part of a file.
void keep_part(std::vector<std::int16_t>& samples, const DatasetClip& clip, int sample_rate_hz,
               std::vector<std::string>& remarks) {
  if (clip.start == 0 && clip.end == 0) return;
  const auto at = [&](double seconds) {
    return static_cast<std::size_t>(std::llround(seconds * sample_rate_hz));
  };
  const std::size_t end = clip.end == 0 ? samples.size() : std::min(at(clip.end), samples.size());
  const std::size_t start = at(clip.start);
  // A list may round up; a tenth of a second is more than that.
  if (clip.end != 0 && at(clip.end) > end + at(.1)) {
    remarks.push_back(
        fmt::format("the part of it that is meant ends at {:g} s, and it has {:.2f} s", clip.end,
                    static_cast<double>(samples.size()) / sample_rate_hz));
  }
  if (start >= end) {
    throw Error("{} has {:.2f} s of sound, and the part of it that is meant begins at {:g} s",
                clip.path, static_cast<double>(samples.size()) / sample_rate_hz, clip.start);
  }
  samples = {samples.begin() + static_cast<std::ptrdiff_t>(start),
             samples.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace

RecordedSound recorded_sound(const MediaSource& source, int sample_rate_hz, Resampler& resampler) {
  return recorded_sound(read_any_sound(source), source.name(), sample_rate_hz, resampler);
}

RecordedSound recorded_sound(const Sound& sound, const std::string& name, int sample_rate_hz,
                             Resampler& resampler) {
  if (sound.samples.empty()) throw Error("{} holds no sound", name);
  return {to_pcm16(resampler.resample(sound.samples, sound.sample_rate_hz, sample_rate_hz)),
          sound.start_seconds, remarks_on(sound)};
}

RecordedSound sound_of_clip(const DatasetClip& clip, const MediaLimits& limits,
                            const Tracks& tracks, int sample_rate_hz, Resampler& resampler) {
  const MediaSource source(clip.path, limits, tracks);
  RecordedSound sound = recorded_sound(source, sample_rate_hz, resampler);
  keep_part(sound.samples, clip, sample_rate_hz, sound.remarks);
  return sound;
}

}  // namespace aver
