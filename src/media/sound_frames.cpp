#include "media/sound_frames.h"

#include <limits>
#include <optional>
#include <utility>

namespace aver {
namespace {

/// One sample of any of FFmpeg's formats as a float of full scale 1.
template <typename T>
float as_float(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<float>(value);
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    return (static_cast<float>(value) - 128.0f) / 128.0f;
  } else {
    const double scale = -static_cast<double>(std::numeric_limits<T>::min());
    return static_cast<float>(static_cast<double>(value) / scale);
  }
}

template <typename T>
void append_mean(const AVFrame& frame, bool planar, ChannelMean& mean,
                 std::vector<float>& samples) {
  const int channels = frame.ch_layout.nb_channels;
  for (int i = 0; i < frame.nb_samples; ++i) {
    samples.push_back(mean.next([&](int channel) {
      const auto* data = reinterpret_cast<const T*>(frame.extended_data[planar ? channel : 0]);
      return as_float(data[planar ? i : i * channels + channel]);
    }));
  }
}

void append_mean(const AVFrame& frame, const std::string& name, ChannelMean& mean,
                 std::vector<float>& samples) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) == 1;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      return append_mean<std::uint8_t>(frame, planar, mean, samples);
    case AV_SAMPLE_FMT_S16:
      return append_mean<std::int16_t>(frame, planar, mean, samples);
    case AV_SAMPLE_FMT_S32:
      return append_mean<std::int32_t>(frame, planar, mean, samples);
    case AV_SAMPLE_FMT_S64:
      return append_mean<std::int64_t>(frame, planar, mean, samples);
    case AV_SAMPLE_FMT_FLT:
      return append_mean<float>(frame, planar, mean, samples);
    case AV_SAMPLE_FMT_DBL:
      return append_mean<double>(frame, planar, mean, samples);
    default:
      throw Error("cannot use the sound of {}: unknown sample format", name);
  }
}

/// When a frame is heard, on the clock of the file's tracks; nothing when it does not say.
std::optional<double> seconds_of(const AVFrame& frame, const AVStream& stream) {
  const std::int64_t stamp = frame.best_effort_timestamp;
  if (stamp == AV_NOPTS_VALUE) return std::nullopt;
  return static_cast<double>(stamp) * av_q2d(stream.time_base);
}

}  // namespace

SoundFrames::SoundFrames(std::string name, const MediaLimits& limits)
    : name_(std::move(name)), limits_(limits) {}

void SoundFrames::begin(const AVFrame& frame, const AVStream& stream) {
  refuse_rate(name_, frame.sample_rate);
  sound_.sample_rate_hz = frame.sample_rate;
  sound_.channels = frame.ch_layout.nb_channels;
  sound_.start_seconds = seconds_of(frame, stream).value_or(0);
  mean_ = ChannelMean(sound_.channels);
}

/// Puts silence where the track has none of its own, as players do, so that what follows is heard
/// when its time stamp says. Stamps are rounded, and clocks of recorders drift: shorter gaps than
/// ffmpeg's resampler would fill are left alone.
void SoundFrames::fill_gap(const AVFrame& frame, const AVStream& stream) {
  constexpr double kLeast = 0.1;
  const auto now = seconds_of(frame, stream);
  if (!now || count() == 0) return;
  const double rate = sound_.sample_rate_hz;
  const double gap = *now - sound_.start_seconds - static_cast<double>(count()) / rate;
  if (gap < kLeast) return;
  limits_.check(name_, gap + static_cast<double>(sound_.samples.size()) / rate);
  sound_.samples.resize(sound_.samples.size() + static_cast<std::size_t>(gap * rate));
  sound_.facts.filled += gap;
}

void SoundFrames::add(const AVFrame& frame, const AVStream& stream) {
  if (sound_.sample_rate_hz == 0) {
    begin(frame, stream);
  } else if (frame.sample_rate != sound_.sample_rate_hz) {
    throw Error("cannot use the sound of {}: its rate changes from {} to {} Hz", name_,
                sound_.sample_rate_hz, frame.sample_rate);
  } else if (frame.ch_layout.nb_channels != sound_.channels) {
    throw Error("cannot use the sound of {}: it changes from {} to {} channels", name_,
                sound_.channels, frame.ch_layout.nb_channels);
  }
  fill_gap(frame, stream);
  append_mean(frame, name_, mean_, sound_.samples);
  limits_.check(name_, static_cast<double>(sound_.samples.size()) / sound_.sample_rate_hz);
}

std::vector<float> SoundFrames::take() {
  taken_ += sound_.samples.size();
  return std::exchange(sound_.samples, {});
}

SoundFacts SoundFrames::facts() const {
  SoundFacts facts = sound_.facts;
  mean_.describe(facts);
  return facts;
}

}  // namespace aver
