#include "media/sound.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "media/container_end.h"

namespace aver {
namespace {

constexpr int kLeastRate = 1000, kMostRate = 768'000;

}  // namespace

std::span<const float> part_of(std::span<const float> samples, int rate_hz, double start,
                               double end) {
  const auto at = [&](double seconds) {
    return std::min(static_cast<std::size_t>(std::llround(seconds * rate_hz)), samples.size());
  };
  const std::size_t last = end == 0 ? samples.size() : at(end);
  const std::size_t first = std::min(at(start), last);
  return samples.subspan(first, last - first);
}

void ChannelMean::describe(SoundFacts& facts) const {
  facts.peak = peak_;
  facts.beyond_full_scale = beyond_;
  // 30 dB below its channels is what is left of noise when two channels are each other's negative.
  constexpr double kLeft = 1e-3;
  const double one_channel = energy_ / channels_;
  facts.cancels = channels_ > 1 && one_channel > 1e-8 * static_cast<double>(count_) &&
                  mean_energy_ < kLeft * one_channel;
}

bool is_sound_rate(int rate_hz) {
  return rate_hz >= kLeastRate && rate_hz <= kMostRate;
}

void refuse_rate(const std::string& name, int rate_hz) {
  if (!is_sound_rate(rate_hz)) {
    throw Error("{} says that it has {} samples a second; {} to {} are read", name, rate_hz,
                kLeastRate, kMostRate);
  }
}

std::vector<std::string> remarks_on(const Sound& sound) {
  std::vector<std::string> remarks;
  const SoundFacts& facts = sound.facts;
  const double count = static_cast<double>(sound.samples.size()) * sound.channels;
  if (facts.beyond_full_scale > 0) {
    const char* guess =
        facts.peak > 100 ? "; it seems to hold integers as floating-point numbers: scale them" : "";
    const double share = 100 * static_cast<double>(facts.beyond_full_scale) / count;
    remarks.push_back(fmt::format(
        "{} of its samples ({} %) lie beyond full scale, up to {:.4g} times, and are clipped{}",
        facts.beyond_full_scale,
        share < 10 ? fmt::format("{:.2g}", share) : fmt::format("{:.0f}", share), facts.peak,
        guess));
  }
  if (facts.cancels) {
    remarks.push_back(
        fmt::format("its {} channels cancel out: their mean is all but silent and they are not",
                    sound.channels));
  }
  if (facts.tracks > 1) {
    remarks.push_back(
        fmt::format("it has {} sound tracks, of which one is heard (--audio-track)", facts.tracks));
  }
  if (facts.filled > 0) {
    remarks.push_back(
        fmt::format("{:.2f} s of silence stand where its sound has gaps", facts.filled));
  }
  if (facts.missing > 0) {
    remarks.push_back(
        fmt::format("its header promises {} more than there are", counted(facts.missing, "bytes")));
  }
  if (facts.open_end) {
    remarks.emplace_back(kOpenEndRemark);
  }
  return remarks;
}

}  // namespace aver
