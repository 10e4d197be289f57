#include "features/mfcc_input.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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
      for (const float value : row(item)) {
        if (std::isnan(value)) continue;
        sum += value;
        ++count;
      }
    }
    const double mean = sum / static_cast<double>(count);
    double squares = 0.0;
    for (const std::size_t item : items) {
      for (const float value : row(item)) {
        if (!std::isnan(value)) squares += (value - mean) * (value - mean);
      }
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
      const float value = clip.values[c * frames + t];
      if (!std::isnan(value)) out[t * coefficients + c] = (value - mean) / deviation;
    }
  }
}

std::vector<float> mean_over(const ClipFeatures& clips, std::span<const std::size_t> items) {
  return fit_normalisation(clips, items).mean;
}

std::vector<float> clips_worth_of_prior(const ClipFeatures& clips,
                                        const std::vector<std::vector<std::size_t>>& speakers) {
  constexpr float kMost = 1000;  // of what does not differ from speaker to speaker
  std::vector<float> worth;
  for (std::size_t c = 0; c < clips.front()->rows(); ++c) {
    const auto mean_of = [&](std::size_t clip) {
      const auto row = clips[clip]->row(c);
      return std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(row.size());
    };
    double within = 0, freedom = 0, share = 0;
    std::vector<double> means;
    for (const auto& own : speakers) {
      std::vector<double> each;
      for (const std::size_t clip : own) each.push_back(mean_of(clip));
      const auto count = static_cast<double>(own.size());
      means.push_back(std::accumulate(each.begin(), each.end(), 0.0) / count);
      double squares = 0;
      for (const double mean : each) squares += std::pow(mean - means.back(), 2);
      within += squares;
      freedom += count - 1;
      share += 1 / count;
    }
    const auto people = static_cast<double>(means.size());
    const double all = std::accumulate(means.begin(), means.end(), 0.0) / people;
    double between = 0;
    for (const double mean : means) between += std::pow(mean - all, 2) / (people - 1);
    within /= std::max(freedom, 1.0);
    between -= within * share / people;  // what the means of few clips differ by anyway
    const bool known = people > 1 && between > 0 && within < kMost * between;
    worth.push_back(known ? static_cast<float>(within / between) : kMost);
  }
  return worth;
}

void move_mean(FloatArray& clip, std::span<const float> from, std::span<const float> to) {
  for (std::size_t c = 0; c < clip.rows(); ++c) {
    for (std::size_t t = 0; t < clip.columns(); ++t) {
      clip.values[c * clip.columns() + t] += to[c] - from[c];
    }
  }
}

}  // namespace aver
