#include "media/audio_decoder.h"

#include <cmath>

#include "base/finite.h"
#include "media/demuxer.h"

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
void append_mean(const AVFrame& frame, bool planar, std::vector<float>& samples) {
  const int channels = frame.ch_layout.nb_channels;
  const auto at = [&](int channel, int i) {
    const auto* data = reinterpret_cast<const T*>(frame.extended_data[planar ? channel : 0]);
    return as_float(data[planar ? i : i * channels + channel]);
  };
  for (int i = 0; i < frame.nb_samples; ++i) {
    double sum = 0;
    for (int channel = 0; channel < channels; ++channel) sum += at(channel, i);
    samples.push_back(static_cast<float>(sum / channels));
  }
}

void append_mean(const AVFrame& frame, const std::string& name, std::vector<float>& samples) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) == 1;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      return append_mean<std::uint8_t>(frame, planar, samples);
    case AV_SAMPLE_FMT_S16:
      return append_mean<std::int16_t>(frame, planar, samples);
    case AV_SAMPLE_FMT_S32:
      return append_mean<std::int32_t>(frame, planar, samples);
    case AV_SAMPLE_FMT_S64:
      return append_mean<std::int64_t>(frame, planar, samples);
    case AV_SAMPLE_FMT_FLT:
      return append_mean<float>(frame, planar, samples);
    case AV_SAMPLE_FMT_DBL:
      return append_mean<double>(frame, planar, samples);
    default:
      throw Error("cannot use the sound of {}: unknown sample format", name);
  }
}

}  // namespace

Sound decode_sound(const MediaSource& source) {
  Demuxer demuxer(source, Demuxer::Kind::sound);
  const ffmpeg::Codec decoder = demuxer.make_decoder();
  FrameSource frames(demuxer, *decoder);
  Sound sound;
  while (const AVFrame* frame = frames.next()) {
    if (sound.sample_rate_hz == 0) {
      sound.sample_rate_hz = frame->sample_rate;
      sound.channels = frame->ch_layout.nb_channels;
    } else if (frame->sample_rate != sound.sample_rate_hz) {
      throw Error("cannot use the sound of {}: its rate changes from {} to {} Hz", source.name(),
                  sound.sample_rate_hz, frame->sample_rate);
    }
    append_mean(*frame, source.name(), sound.samples);
    source.limits().check(source.name(),
                          static_cast<double>(sound.samples.size()) / sound.sample_rate_hz);
  }
  if (sound.samples.empty()) {
    throw Error("the sound track of {} is empty", source.name());
  }
  if (const auto bad = first_not_finite(sound.samples)) {
    throw Error("{} holds a value that is no number at sample {}", source.name(), *bad);
  }
  return sound;
}

}  // namespace aver
