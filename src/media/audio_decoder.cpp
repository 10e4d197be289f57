#include "media/audio_decoder.h"

#include <cmath>
#include <optional>

#include "base/finite.h"
#include "media/container_end.h"
#include "media/demuxer.h"
#include "media/source_bytes.h"

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

/// Puts silence where the track has none of its own, as players do, so that what follows is heard
/// when its time stamp says. Stamps are rounded, and clocks of recorders drift: shorter gaps than
/// ffmpeg's resampler would fill are left alone.
void fill_gap(const AVFrame& frame, const AVStream& stream, const MediaSource& source,
              Sound& sound) {
  constexpr double kLeast = 0.1;
  const auto now = seconds_of(frame, stream);
  if (!now || sound.samples.empty()) return;
  const double rate = sound.sample_rate_hz;
  const double gap = *now - sound.start_seconds - static_cast<double>(sound.samples.size()) / rate;
  if (gap < kLeast) return;
  source.limits().check(source.name(), *now - sound.start_seconds);
  sound.samples.resize(sound.samples.size() + static_cast<std::size_t>(gap * rate));
  sound.facts.filled += gap;
}

/// What lossy codecs do of themselves: a few samples of a loud sound overshoot.
bool is_overshoot(const SoundFacts& facts, std::size_t samples, const AVCodecParameters& codec) {
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get(codec.codec_id);
  return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_LOSSY) != 0 &&
         facts.peak < 2 && facts.beyond_full_scale < samples / 100;
}

}  // namespace

Sound decode_sound(const MediaSource& source) {
  Demuxer demuxer(source, Demuxer::Kind::sound);
  const ffmpeg::Codec decoder = demuxer.make_decoder();
  FrameSource frames(demuxer, *decoder);
  Sound sound;
  ChannelMean mean(1);
  while (const AVFrame* frame = frames.next()) {
    if (sound.sample_rate_hz == 0) {
      refuse_rate(source.name(), frame->sample_rate);
      sound.sample_rate_hz = frame->sample_rate;
      sound.channels = frame->ch_layout.nb_channels;
      sound.start_seconds = seconds_of(*frame, demuxer.stream()).value_or(0);
      mean = ChannelMean(sound.channels);
    } else if (frame->sample_rate != sound.sample_rate_hz) {
      throw Error("cannot use the sound of {}: its rate changes from {} to {} Hz", source.name(),
                  sound.sample_rate_hz, frame->sample_rate);
    } else if (frame->ch_layout.nb_channels != sound.channels) {
      throw Error("cannot use the sound of {}: it changes from {} to {} channels", source.name(),
                  sound.channels, frame->ch_layout.nb_channels);
    }
    fill_gap(*frame, demuxer.stream(), source, sound);
    append_mean(*frame, source.name(), mean, sound.samples);
    source.limits().check(source.name(),
                          static_cast<double>(sound.samples.size()) / sound.sample_rate_hz);
  }
  if (sound.samples.empty()) {
    throw Error("the sound track of {} is empty", source.name());
  }
  if (const auto bad = first_not_finite(sound.samples)) {
    throw Error("{} holds a value that is no number at sample {}", source.name(), *bad);
  }
  mean.describe(sound.facts);
  sound.facts.tracks = demuxer.tracks();
  sound.facts.open_end = demuxer.open_end();
  if (is_overshoot(sound.facts, sound.samples.size(), *demuxer.stream().codecpar)) {
    sound.facts.beyond_full_scale = 0;
  }
  return sound;
}

/// Of Wave64 libsndfile reads floats as whole numbers, and chunks behind the samples as sound;
/// FFmpeg takes none whose length a writer to a pipe left open.
static bool ffmpeg_knows_better(const MediaSource& source) {
  SourceBytes bytes(source);
  if (!stands_at(bytes.read(0, 4), 0, "riff")) return false;
  constexpr std::uint64_t kFormatTag = 64;  // behind the heads of file and first chunk
  constexpr std::uint64_t kPcm = 1;
  const bool whole_numbers = little_endian(bytes.read(kFormatTag, 2), 0, 2) == kPcm;
  return !whole_numbers || !end_of_container(source).open;
}

/// FFmpeg's word on a file that libsndfile does not know; where it is no better, that stands.
static Sound decode_or_refuse(const MediaSource& source, const UnknownToLibrary& unknown) {
  try {
    return decode_sound(source);
  } catch (const LimitError&) {
    throw;
  } catch (const Error&) {
    throw Error("{}", unknown.what());
  }
}

Sound read_any_sound(const MediaSource& source) {
  switch (known_kind_of(source)) {
    case MediaKind::container:
      return decode_sound(source);
    case MediaKind::sound:
      if (ffmpeg_knows_better(source)) return decode_sound(source);
      try {
        return read_sound_file(source);
      } catch (const UnknownToLibrary& unknown) {
        return decode_or_refuse(source, unknown);
      }
    default:
      throw Error("{} is a picture and holds no sound", source.name());
  }
}

}  // namespace aver
