#include "prediction/decoded_clip.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/finite.h"

namespace aver {

static constexpr int kMostChannels = 64;

void require_described(const RawClip& raw, const MediaLimits& limits) {
  const auto wrong = [&](const std::string& what) { throw UsageError("{}: {}", raw.name, what); };
  if (!raw.samples.empty()) {
    if (raw.channels < 1) wrong(fmt::format("its sound cannot have {} channels", raw.channels));
    if (raw.channels > kMostChannels) {
      wrong(fmt::format("{} channels are more than {}: are the samples in the order of time?",
                        raw.channels, kMostChannels));
    }
    if (!is_sound_rate(raw.sample_rate_hz)) {
      wrong(fmt::format("it cannot have {} samples a second", raw.sample_rate_hz));
    }
    if (raw.samples.size() % static_cast<std::size_t>(raw.channels) != 0)
      wrong(fmt::format("{} samples are not the same number for each of {} channels",
                        raw.samples.size(), raw.channels));
    if (first_not_finite(raw.samples)) wrong("its sound holds a value that is not finite");
    limits.check(raw.name,
                 static_cast<double>(raw.samples.size()) / raw.channels / raw.sample_rate_hz);
  }
  if (raw.pictures.empty()) return;
  if (raw.width < 1 || raw.height < 1)
    wrong(fmt::format("a picture cannot have {} x {} pixels", raw.width, raw.height));
  if (raw.row_bytes != 0 && raw.row_bytes < 3 * static_cast<std::size_t>(raw.width))
    wrong(fmt::format("{} pixels do not fit into rows of {} bytes", raw.width, raw.row_bytes));
  if (!std::isfinite(raw.pictures_per_second) || raw.pictures_per_second <= 0)
    wrong(fmt::format("it cannot have {} pictures a second", raw.pictures_per_second));
  if (std::ranges::count(raw.pictures, nullptr) > 0) wrong("one of its pictures is a null pointer");
  limits.check_size(raw.name, raw.width, raw.height);
  limits.check(raw.name, static_cast<double>(raw.pictures.size()) / raw.pictures_per_second);
}

cv::Mat picture_at(const RawClip& raw, std::size_t index) {
  auto* bytes = const_cast<std::uint8_t*>(raw.pictures[index]);  // which are only read
  return {raw.height, raw.width, CV_8UC3, bytes,
          raw.row_bytes == 0 ? std::size_t{cv::Mat::AUTO_STEP} : raw.row_bytes};
}

Sound sound_of(const RawClip& raw) {
  const auto channels = static_cast<std::size_t>(raw.channels);
  Sound sound{raw.sample_rate_hz, raw.channels, {}};
  sound.samples.reserve(raw.samples.size() / channels);
  ChannelMean mean(raw.channels);
  for (std::size_t i = 0; i < raw.samples.size(); i += channels) {
    sound.samples.push_back(
        mean.next([&](int channel) { return raw.samples[i + static_cast<std::size_t>(channel)]; }));
  }
  mean.describe(sound.facts);
  return sound;
}

}  // namespace aver
