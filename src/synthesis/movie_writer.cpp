#include "synthesis/movie_writer.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

// Encoders report their settings and statistics as information: rank that below what is shown.
constexpr int kQuiet = AV_LOG_VERBOSE - AV_LOG_WARNING;

template <auto release>
struct Releaser {
  template <typename T>
  void operator()(T* object) const {
    if constexpr (std::is_invocable_v<decltype(release), T**>) {
      release(&object);
    } else {
      release(object);
    }
  }
};
using CodecContext = std::unique_ptr<AVCodecContext, Releaser<avcodec_free_context>>;
using Frame = std::unique_ptr<AVFrame, Releaser<av_frame_free>>;
using Packet = std::unique_ptr<AVPacket, Releaser<av_packet_free>>;
using Scaler = std::unique_ptr<SwsContext, Releaser<sws_freeContext>>;

struct CloseFormat {
  void operator()(AVFormatContext* format) const {
    avio_closep(&format->pb);
    avformat_free_context(format);
  }
};
using FormatContext = std::unique_ptr<AVFormatContext, CloseFormat>;

std::string reason(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof(text));
  return text;
}

int checked(int code, const char* what, const std::string& path) {
  if (code < 0) {
    throw Error("cannot {} for {}: {}", what, path, reason(code));
  }
  return code;
}

template <typename Pointer>
Pointer allocated(Pointer pointer, const char* what) {
  if (!pointer) throw Error("out of memory for {}", what);
  return pointer;
}

}  // namespace

FrameRate parse_frame_rate(std::string_view text) {
  const auto fail = [&]() -> FrameRate {
    throw UsageError(
        "--fps is '{}': a number or a ratio such as 30000/1001 between 1 and 240 expected", text);
  };
  FrameRate rate;
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto numerator = parse_integer(text.substr(0, slash));
    const auto denominator = parse_integer(text.substr(slash + 1));
    if (!numerator || !denominator || *numerator < 1 || *denominator < 1 || *numerator > 1000000 ||
        *denominator > 1000000) {
      return fail();
    }
    rate = {static_cast<int>(*numerator), static_cast<int>(*denominator)};
  } else {
    const auto value = parse_double(text);
    if (!value || !(*value >= 1 && *value <= 240)) return fail();
    // 23.976, 29.97 and 59.94 stand for the television rates n·1000/1001.
    const double whole = std::round(*value);
    const bool television = *value != whole && std::abs(*value * 1.001 - whole) < 5e-3;
    rate = television ? FrameRate{static_cast<int>(whole) * 1000, 1001}
                      : FrameRate{static_cast<int>(std::lround(*value * 1000)), 1000};
  }
  if (rate.hertz() < 1 || rate.hertz() > 240) return fail();
  return rate;
}

struct MovieWriter::Impl {
  std::string path;
  MovieOptions options;
  FormatContext format;
  CodecContext video;
  CodecContext audio;
  AVStream* video_stream = nullptr;  // owned by `format`
  AVStream* audio_stream = nullptr;
  Frame picture;
  Frame sound;
  Packet packet;
  Scaler scaler;
  std::vector<float> pending;  // samples short of a whole encoder frame
  std::int64_t pictures = 0;
  std::int64_t samples = 0;

  void open_container();
  void open_video();
  void open_audio();
  AVStream* add_stream(const AVCodecContext* codec);
  void encode(AVCodecContext* codec, AVStream* stream, const AVFrame* frame);
  void encode_sound(std::span<const float> block);
};

MovieWriter::MovieWriter(const fs::path& path, const MovieOptions& options)
    : impl_(std::make_unique<Impl>()) {
  impl_->path = path.string();
  impl_->options = options;
  impl_->open_container();
  impl_->open_video();
  if (options.sample_rate_hz > 0) impl_->open_audio();
  impl_->packet = allocated(Packet(av_packet_alloc()), "a packet");
  checked(avio_open(&impl_->format->pb, impl_->path.c_str(), AVIO_FLAG_WRITE), "open the file",
          impl_->path);
  checked(avformat_write_header(impl_->format.get(), nullptr), "write the header", impl_->path);
}

MovieWriter::~MovieWriter() = default;

void MovieWriter::Impl::open_container() {
  AVFormatContext* context = nullptr;
  checked(avformat_alloc_output_context2(&context, nullptr, "mp4", path.c_str()),
          "set up the mp4 container", path);
  format.reset(context);
  format->flags |= AVFMT_FLAG_BITEXACT;  // no creation time, no library version
}

AVStream* MovieWriter::Impl::add_stream(const AVCodecContext* codec) {
  AVStream* stream = allocated(avformat_new_stream(format.get(), nullptr), "a stream");
  checked(avcodec_parameters_from_context(stream->codecpar, codec), "set up a stream", path);
  stream->time_base = codec->time_base;
  return stream;
}

void MovieWriter::Impl::open_video() {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr) {
    throw Error("cannot encode {}: this FFmpeg has no libx264; install one built with it", path);
  }
  video = allocated(CodecContext(avcodec_alloc_context3(codec)), "the video encoder");
  video->width = options.width;
  video->height = options.height;
  video->pix_fmt = AV_PIX_FMT_YUV420P;
  video->time_base = {options.frame_rate.denominator, options.frame_rate.numerator};
  video->framerate = {options.frame_rate.numerator, options.frame_rate.denominator};
  video->gop_size = std::max(1, static_cast<int>(std::lround(options.frame_rate.hertz())));
  video->max_b_frames = 2;
  video->thread_count = 1;
  video->log_level_offset = kQuiet;
  video->color_range = AVCOL_RANGE_MPEG;
  video->flags |= AV_CODEC_FLAG_BITEXACT;
  if (format->oformat->flags & AVFMT_GLOBALHEADER) video->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "preset", "veryfast", 0);
  av_dict_set(&settings, "crf", "23", 0);
  // x264's own default places B-frames by content; a fixed pattern makes every clip have them.
  av_dict_set(&settings, "b_strategy", "0", 0);
  // When its macroblock tree is on, x264 (build 164) reads memory it never wrote: other bytes every
  // time.
  av_dict_set(&settings, "mbtree", "0", 0);
  const int code = avcodec_open2(video.get(), codec, &settings);
  av_dict_free(&settings);
  checked(code, "open the H.264 encoder", path);
  video_stream = add_stream(video.get());
  video_stream->avg_frame_rate = video->framerate;

  picture = allocated(Frame(av_frame_alloc()), "a picture");
  picture->format = video->pix_fmt;
  picture->width = options.width;
  picture->height = options.height;
  checked(av_frame_get_buffer(picture.get(), 0), "set up a picture", path);
  scaler =
      allocated(Scaler(sws_getContext(options.width, options.height, AV_PIX_FMT_BGR24,
                                      options.width, options.height, AV_PIX_FMT_YUV420P,
                                      SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr)),
                "colour conversion");
}

void MovieWriter::Impl::open_audio() {
  const AVCodec* codec = avcodec_find_encoder_by_name("aac");
  if (codec == nullptr) {
    throw Error("cannot encode {}: this FFmpeg has no AAC encoder", path);
  }
  audio = allocated(CodecContext(avcodec_alloc_context3(codec)), "the audio encoder");
  audio->sample_rate = options.sample_rate_hz;
  audio->sample_fmt = AV_SAMPLE_FMT_FLTP;
  audio->bit_rate = 128000;
  audio->time_base = {1, options.sample_rate_hz};
  audio->thread_count = 1;
  audio->log_level_offset = kQuiet;
  audio->flags |= AV_CODEC_FLAG_BITEXACT;
  av_channel_layout_default(&audio->ch_layout, 1);
  if (format->oformat->flags & AVFMT_GLOBALHEADER) audio->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  checked(avcodec_open2(audio.get(), codec, nullptr), "open the AAC encoder", path);
  audio_stream = add_stream(audio.get());

  sound = allocated(Frame(av_frame_alloc()), "a block of sound");
  sound->format = audio->sample_fmt;
  sound->nb_samples = audio->frame_size;
  sound->sample_rate = audio->sample_rate;
  checked(av_channel_layout_copy(&sound->ch_layout, &audio->ch_layout), "set up sound", path);
  checked(av_frame_get_buffer(sound.get(), 0), "set up sound", path);
}

void MovieWriter::Impl::encode(AVCodecContext* codec, AVStream* stream, const AVFrame* frame) {
  checked(avcodec_send_frame(codec, frame), "encode", path);
  while (true) {
    const int code = avcodec_receive_packet(codec, packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
    checked(code, "encode", path);
    av_packet_rescale_ts(packet.get(), codec->time_base, stream->time_base);
    packet->stream_index = stream->index;
    checked(av_interleaved_write_frame(format.get(), packet.get()), "write", path);
  }
}

void MovieWriter::add_picture(std::span<const std::uint8_t> bgr) {
  auto& self = *impl_;
  const std::size_t expected = 3U * static_cast<std::size_t>(self.options.width) *
                               static_cast<std::size_t>(self.options.height);
  if (bgr.size() != expected) {
    throw Error("a picture for {} has {} bytes, {} expected", self.path, bgr.size(), expected);
  }
  checked(av_frame_make_writable(self.picture.get()), "encode", self.path);
  const std::uint8_t* planes[] = {bgr.data()};
  const int strides[] = {3 * self.options.width};
  sws_scale(self.scaler.get(), planes, strides, 0, self.options.height, self.picture->data,
            self.picture->linesize);
  self.picture->pts = self.pictures++;
  self.encode(self.video.get(), self.video_stream, self.picture.get());
}

void MovieWriter::Impl::encode_sound(std::span<const float> block) {
  checked(av_frame_make_writable(sound.get()), "encode", path);
  sound->nb_samples = static_cast<int>(block.size());
  std::copy(block.begin(), block.end(), reinterpret_cast<float*>(sound->data[0]));
  sound->pts = samples;
  samples += static_cast<std::int64_t>(block.size());
  encode(audio.get(), audio_stream, sound.get());
}

void MovieWriter::add_sound(std::span<const float> samples) {
  auto& self = *impl_;
  if (!self.audio) throw Error("{} was opened without a sound track", self.path);
  self.pending.insert(self.pending.end(), samples.begin(), samples.end());
  const auto block = static_cast<std::size_t>(self.audio->frame_size);
  std::size_t used = 0;
  for (; used + block <= self.pending.size(); used += block) {
    self.encode_sound(std::span(self.pending).subspan(used, block));
  }
  self.pending.erase(self.pending.begin(),
                     self.pending.begin() + static_cast<std::ptrdiff_t>(used));
}

void MovieWriter::finish() {
  auto& self = *impl_;
  if (self.audio) {
    if (!self.pending.empty()) self.encode_sound(self.pending);
    self.encode(self.audio.get(), self.audio_stream, nullptr);
  }
  self.encode(self.video.get(), self.video_stream, nullptr);
  checked(av_write_trailer(self.format.get()), "complete the file", self.path);
  checked(avio_closep(&self.format->pb), "close the file", self.path);
}

std::string_view ffmpeg_version() {
  return av_version_info();
}

}  // namespace aver
