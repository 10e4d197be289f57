#include "media/sound_identity.h"

#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/fingerprint.h"
#include "media/pcm16.h"

namespace aver {

std::string sound_identity(const Sound& sound) {
  const auto samples = to_pcm16(sound.samples);
  const std::span<const std::int16_t> values(samples);
  if (is_still(values, 1)) return {};
  Fingerprint print;
  print.add(std::as_bytes(values));
  return fmt::format("samples {} {}", values.size(), print.text());
}

}  // namespace aver
