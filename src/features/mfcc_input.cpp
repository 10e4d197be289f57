#include "features/mfcc_input.h"

#include <algorithm>
#include <cmath>

namespace aver {

Normalisation fit_normalisation(const ClipFeatures& clips, std::span<const std::size_t> items) {
  if (items.empty()) return {};
  const std::size_t coefficients = clips[items.front()]->shape[0];
  Normalisation result;
  for (std::size_t c = 0; c < coefficients; ++c) {
    double sum = 0.0;
    std::size_t count = 0;
    const auto row = [&](std::size_t item) {
      const std::size_t frames = clips[item]->shape[1];
      return std::span(clips[item]->values).subspan(c * frames, frames);
    };
    for (const std::size_t item : items) {
      for (const float value : row(item)) sum += value;
      count += clips[item]->shape[1];
    }
    const double mean = sum / static_cast<double>(count);
    double squares = 0.0;
    for (const std::size_t item : items) {
      for (const float value : row(item)) squares += (value - mean) * (value - mean);
    }
    const double deviation = std::sqrt(squares / static_cast<double>(count));
    result.mean.push_back(static_cast<float>(mean));
    result.deviation.push_back(deviation > 1e-6 ? static_cast<float>(deviation) : 1.0F);
  }
  return result;
}

void prepare_mfcc(const FloatArray& clip, const Normalisation& normalisation,
                  std::size_t max_frames, std::span<float> out) {
  const std::size_t coefficients = clip.shape[0];
  const std::size_t frames = clip.shape[1];
  const std::size_t kept = std::min(frames, max_frames);
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::size_t c = 0; c < coefficients; ++c) {
    const float mean = normalisation.empty() ? 0.0F : normalisation.mean[c];
    const float deviation = normalisation.empty() ? 1.0F : normalisation.deviation[c];
    for (std::size_t t = 0; t < kept; ++t) {
      out[t * coefficients + c] = (clip.values[c * frames + t] - mean) / deviation;
    }
  }
}

}  // namespace aver
