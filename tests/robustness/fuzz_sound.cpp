// A sound file as libsndfile reads it, from memory and from a path.
#include <cmath>

#include "media/audio_file.h"
#include "media_limits.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

namespace {

void require_sound(const Sound& sound) {
  require(sound.sample_rate_hz > 0, "a rate that is none");
  for (const float sample : sound.samples) require(std::isfinite(sample), "a sample that is none");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  std::size_t in_memory = 0, in_file = 0;
  answered(input, [&] {
    const Sound sound = read_sound_file({bytes_of(data, size), "input", fuzz_limits()});
    require_sound(sound);
    in_memory = sound.samples.size();
  });
  answered(input, [&] {
    const Sound sound = read_sound_file({put(own_folder() / "input.wav", input), fuzz_limits()});
    require_sound(sound);
    in_file = sound.samples.size();
  });
  require(in_memory == in_file, "another sound from a file than from memory");
  return 0;
}
