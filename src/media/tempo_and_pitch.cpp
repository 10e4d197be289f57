#include "media/tempo_and_pitch.h"

#include <SoundTouch.h>

#include <cmath>
#include <stdexcept>
#include <type_traits>

#include "base/error.h"

namespace aver {

static_assert(std::is_same_v<soundtouch::SAMPLETYPE, float>,
              "SoundTouch must be built for float samples, as distributions do");

std::vector<float> with_tempo_and_pitch(std::span<const float> samples, int rate_hz, double tempo,
                                        double semitones) {
  const auto wanted =
      static_cast<std::size_t>(std::llround(static_cast<double>(samples.size()) / tempo));
  std::vector<float> changed(wanted);
  try {
    soundtouch::SoundTouch machine;
    machine.setChannels(1);
    machine.setSampleRate(static_cast<unsigned>(rate_hz));
    machine.setTempo(tempo);
    machine.setPitchSemiTones(semitones);
    machine.putSamples(samples.data(), static_cast<unsigned>(samples.size()));
    machine.flush();  // which gives what is still inside, and silence behind it where that is short
    std::size_t made = 0;
    while (made < wanted) {
      const unsigned got =
          machine.receiveSamples(changed.data() + made, static_cast<unsigned>(wanted - made));
      if (got == 0) break;
      made += got;
    }
  } catch (const std::runtime_error& error) {
    throw Error("cannot change tempo and pitch at {} Hz: {}", rate_hz, error.what());
  }
  return changed;
}

std::string soundtouch_version() {
  return fmt::format("SoundTouch {}", soundtouch::SoundTouch::getVersionString());
}

}  // namespace aver
