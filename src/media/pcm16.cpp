#include "media/pcm16.h"

#include "base/vector_clones.h"

namespace aver {
namespace {

AVER_VECTOR_CLONES
void convert(const float* __restrict samples, std::size_t count, std::int16_t* __restrict pcm) {
  constexpr float kRound = 12582912.0F;  // 1.5 · 2²³: adding it rounds to the nearest even integer
  for (std::size_t i = 0; i < count; ++i) {
    float scaled = samples[i] * 32768.0F;
    scaled = scaled < -32768.0F ? -32768.0F : scaled;
    scaled = scaled > 32767.0F ? 32767.0F : scaled;
    pcm[i] = static_cast<std::int16_t>(static_cast<std::int32_t>((scaled + kRound) - kRound));
  }
}

AVER_VECTOR_CLONES
void convert(const std::int16_t* __restrict pcm, std::size_t count, float* __restrict samples) {
  for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<float>(pcm[i]) / 32768.0F;
}

}  // namespace

std::vector<float> from_pcm16(std::span<const std::int16_t> pcm) {
  std::vector<float> samples(pcm.size());
  convert(pcm.data(), pcm.size(), samples.data());
  return samples;
}

std::vector<std::int16_t> to_pcm16(std::span<const float> samples) {
  std::vector<std::int16_t> pcm(samples.size());
  convert(samples.data(), samples.size(), pcm.data());
  return pcm;
}

}  // namespace aver
