#include "media/opus_codec.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
}

#include "media/ffmpeg_raii.h"

namespace aver {
namespace {

constexpr const char* kEncoder = "libopus";

ffmpeg::Codec allocated(const AVCodec* codec) {
  ffmpeg::Codec context(avcodec_alloc_context3(codec));
  if (!context) throw Error("There is not enough memory for Opus");
  context->sample_rate = kOpusRateHz;
  context->sample_fmt = AV_SAMPLE_FMT_FLT;
  av_channel_layout_default(&context->ch_layout, 1);
  context->time_base = {1, kOpusRateHz};
  context->thread_count = 1;
  return context;
}

ffmpeg::Codec open_encoder(int bits_per_second) {
  const AVCodec* codec = avcodec_find_encoder_by_name(kEncoder);
  if (codec == nullptr) {
    throw Error(
        "the FFmpeg libraries here have no Opus encoder ({}): install those of the distribution, "
        "or leave the condition opus out",
        kEncoder);
  }
  ffmpeg::Codec encoder = allocated(codec);
  encoder->bit_rate = bits_per_second;
  ffmpeg::check(avcodec_open2(encoder.get(), codec, nullptr), "open the Opus encoder");
  return encoder;
}

/// That of libopus, which takes the coder's delay off by itself.
ffmpeg::Codec open_decoder(const AVCodecContext& encoder) {
  const AVCodec* codec = avcodec_find_decoder_by_name(kEncoder);
  if (codec == nullptr) throw Error("the FFmpeg libraries here have no decoder {}", kEncoder);
  ffmpeg::Codec decoder = allocated(codec);
  decoder->request_sample_fmt = AV_SAMPLE_FMT_FLT;
  decoder->extradata = static_cast<std::uint8_t*>(
      av_mallocz(static_cast<std::size_t>(encoder.extradata_size) + AV_INPUT_BUFFER_PADDING_SIZE));
  if (decoder->extradata == nullptr) throw Error("There is not enough memory for Opus");
  std::copy_n(encoder.extradata, encoder.extradata_size, decoder->extradata);
  decoder->extradata_size = encoder.extradata_size;
  ffmpeg::check(avcodec_open2(decoder.get(), codec, nullptr), "open the Opus decoder");
  return decoder;
}

/// Sends one frame and hands on what comes back: encoder and decoder side by side.
class Line {
 public:
  explicit Line(int bits_per_second)
      : encoder_(open_encoder(bits_per_second)),
        decoder_(open_decoder(*encoder_)),
        sent_(av_frame_alloc()),
        heard_(av_frame_alloc()),
        packet_(av_packet_alloc()) {
    if (!sent_ || !heard_ || !packet_) throw Error("There is not enough memory for Opus");
  }

  std::size_t frame_size() const { return static_cast<std::size_t>(encoder_->frame_size); }
  std::size_t delay() const { return static_cast<std::size_t>(encoder_->initial_padding); }

  void send(std::span<const float> samples) {
    AVFrame& frame = *sent_;
    av_frame_unref(&frame);
    frame.format = AV_SAMPLE_FMT_FLT;
    av_channel_layout_default(&frame.ch_layout, 1);
    frame.sample_rate = kOpusRateHz;
    frame.nb_samples = static_cast<int>(samples.size());
    frame.pts = time_;
    time_ += frame.nb_samples;
    ffmpeg::check(av_frame_get_buffer(&frame, 0), "encode Opus");
    std::ranges::copy(samples, reinterpret_cast<float*>(frame.data[0]));
    ffmpeg::check(avcodec_send_frame(encoder_.get(), &frame), "encode Opus");
    pass_packets();
  }

  void finish() {
    ffmpeg::check(avcodec_send_frame(encoder_.get(), nullptr), "encode Opus");
    pass_packets();
    ffmpeg::check(avcodec_send_packet(decoder_.get(), nullptr), "decode Opus");
    take_frames();
  }

  const std::vector<float>& heard() const { return samples_; }

 private:
  static bool waits(int code) { return code == AVERROR(EAGAIN) || code == AVERROR_EOF; }

  void pass_packets() {
    while (true) {
      const int code = avcodec_receive_packet(encoder_.get(), packet_.get());
      if (waits(code)) return;
      ffmpeg::check(code, "encode Opus");
      ffmpeg::check(avcodec_send_packet(decoder_.get(), packet_.get()), "decode Opus");
      av_packet_unref(packet_.get());
      take_frames();
    }
  }

  void take_frames() {
    while (true) {
      const int code = avcodec_receive_frame(decoder_.get(), heard_.get());
      if (waits(code)) return;
      ffmpeg::check(code, "decode Opus");
      if (heard_->format != AV_SAMPLE_FMT_FLT && heard_->format != AV_SAMPLE_FMT_FLTP) {
        throw Error(
            "the Opus decoder of the FFmpeg libraries here gives no floating point samples");
      }
      const auto* first = reinterpret_cast<const float*>(heard_->data[0]);
      samples_.insert(samples_.end(), first, first + heard_->nb_samples);
    }
  }

  ffmpeg::Codec encoder_, decoder_;
  ffmpeg::Frame sent_, heard_;
  ffmpeg::Packet packet_;
  std::int64_t time_ = 0;
  std::vector<float> samples_;
};

}  // namespace

std::vector<float> through_opus(std::span<const float> samples, int bits_per_second) {
  Line line(bits_per_second);
  const std::size_t frame = line.frame_size();
  // Silence behind them brings out what the coder holds back.
  std::vector<float> padded(samples.begin(), samples.end());
  padded.resize((samples.size() + line.delay() + 2 * frame - 1) / frame * frame, 0.0F);
  for (std::size_t at = 0; at < padded.size(); at += frame) {
    line.send(std::span(padded).subspan(at, frame));
  }
  line.finish();
  std::vector<float> heard = line.heard();
  heard.resize(samples.size(), 0.0F);
  return heard;
}

}  // namespace aver
