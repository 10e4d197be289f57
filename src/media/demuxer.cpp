#include "media/demuxer.h"

#include <algorithm>
#include <string_view>

namespace aver {
namespace {

constexpr auto kFormats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi";

double seconds(std::int64_t ticks, AVRational base) {
  return static_cast<double>(ticks) * av_q2d(base);
}

}  // namespace

Demuxer::Demuxer(const fs::path& path, Kind kind, Probe probe)
    : name_(path.string()), packet_(av_packet_alloc()) {
  if (stamp_of(path).size == 0) {
    throw Error("cannot open {}: the file is empty; copy it again from where it came", name_);
  }
  open();
  select(kind);
  if (probe == Probe::as_needed) this->probe(kind);
}

void Demuxer::open() {
  AVDictionary* options = nullptr;
  // A file may claim to be a playlist of others: only containers, and only this one file.
  av_dict_set(&options, "format_whitelist", kFormats, 0);
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  AVFormatContext* format = nullptr;
  const int code = avformat_open_input(&format, ("file:" + name_).c_str(), nullptr, &options);
  av_dict_free(&options);
  if (code == AVERROR(EINVAL)) {
    throw Error("cannot open {}: it is no MP4, MOV, MKV, WebM or AVI file", name_);
  }
  if (code < 0) {
    throw Error("cannot open {}: {}; it is damaged, cut off or no MP4, MOV, MKV, WebM or AVI file",
                name_, ffmpeg::text_of(code));
  }
  format_.reset(format);
  if (format->duration > 0) promised_seconds_ = seconds(format->duration, AV_TIME_BASE_Q);
}

void Demuxer::select(Kind kind) {
  const AVMediaType type = kind == Kind::picture ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    AVStream* stream = format_->streams[i];
    const bool cover = (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    if (stream_ == nullptr && stream->codecpar->codec_type == type && !cover) {
      stream_ = stream;
    } else if (lists_its_packets()) {
      stream->discard = AVDISCARD_ALL;
    }
  }
  if (stream_ == nullptr) {
    throw Error("no {}", kind == Kind::picture ? "video stream" : "sound track");
  }
}

void Demuxer::probe(Kind kind) {
  // Looking into the streams costs more than decoding a clip's sound, and the header of the usual
  // containers says everything. For pictures it also learns how far frames are reordered.
  const AVCodecParameters& known = *stream_->codecpar;
  const bool complete = known.codec_id != AV_CODEC_ID_NONE && known.sample_rate > 0 &&
                        known.ch_layout.nb_channels > 0;
  if (kind == Kind::picture || !complete) {
    ffmpeg::check(avformat_find_stream_info(format_.get(), nullptr), "read the streams of {}",
                  name_);
  }
}

bool Demuxer::lists_its_packets() const {
  return std::string_view(format_->iformat->name).starts_with("mov,");
}

ffmpeg::Codec Demuxer::make_decoder(int reorder_depth) const {
  const AVCodecParameters& parameters = *stream_->codecpar;
  const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
  if (codec == nullptr) {
    throw Error("cannot decode {}: this FFmpeg has no decoder for {}", name_,
                avcodec_get_name(parameters.codec_id));
  }
  ffmpeg::Codec decoder(avcodec_alloc_context3(codec));
  ffmpeg::check(avcodec_parameters_to_context(decoder.get(), &parameters),
                "set up the decoder of {}", name_);
  decoder->pkt_timebase = stream_->time_base;
  decoder->thread_count = 1;  // clips run side by side
  decoder->has_b_frames = std::max(decoder->has_b_frames, reorder_depth);
  ffmpeg::check(avcodec_open2(decoder.get(), codec, nullptr), "open the {} decoder for {}",
                codec->name, name_);
  return decoder;
}

const AVPacket* Demuxer::next() {
  while (true) {
    av_packet_unref(packet_.get());
    const int code = av_read_frame(format_.get(), packet_.get());
    if (code == AVERROR_EOF) {
      check_whole();
      return nullptr;
    }
    ffmpeg::check(code, "read {} after {} packets", name_, packets_);
    note_end(*packet_);
    // Also in another stream: a file that ends early may do so in any of them.
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0) {
      throw Error("{} is damaged or cut off after {} packets; copy it again from where it came",
                  name_, packets_);
    }
    if (packet_->stream_index != stream_->index) continue;
    ++packets_;
    return packet_.get();
  }
}

void Demuxer::note_end(const AVPacket& packet) {
  const std::int64_t start = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (start == AV_NOPTS_VALUE) return;
  const AVRational base = format_->streams[packet.stream_index]->time_base;
  end_seconds_ = std::max(end_seconds_, seconds(start + packet.duration, base));
  longest_packet_ = std::max(longest_packet_, seconds(packet.duration, base));
}

void Demuxer::check_whole() const {
  if (format_->pb != nullptr && format_->pb->error < 0) {
    throw Error("cannot read {} to its end: {}", name_, ffmpeg::text_of(format_->pb->error));
  }
  if (lists_its_packets()) {
    const int promised = avformat_index_get_entries_count(stream_);
    if (packets_ < promised) {
      throw Error(
          "{} ends early: its header promises {} packets and {} are there; copy it again from "
          "where it came",
          name_, promised, packets_);
    }
    return;
  }
  const double tolerance = 0.01 + longest_packet_;  // headers round, packets may have no length
  if (end_seconds_ + tolerance < promised_seconds_) {
    throw Error(
        "{} ends early: its header promises {:.2f} s and {:.2f} s are there; copy it again "
        "from where it came",
        name_, promised_seconds_, end_seconds_);
  }
}

FrameSource::FrameSource(Demuxer& demuxer, AVCodecContext& decoder, PacketFilter filter)
    : demuxer_(demuxer), decoder_(decoder), filter_(std::move(filter)), frame_(av_frame_alloc()) {}

const AVPacket* FrameSource::next_packet() {
  while (const AVPacket* packet = demuxer_.next()) {
    const std::int64_t number = packets_++;
    if (!filter_ || filter_(number)) return packet;
    ++held_back_;
  }
  return nullptr;
}

const AVFrame* FrameSource::next() {
  while (true) {
    const int code = avcodec_receive_frame(&decoder_, frame_.get());
    if (code == AVERROR_EOF) return nullptr;
    if (code != AVERROR(EAGAIN)) {
      ffmpeg::check(code, "decode {} after {} frames", demuxer_.name(), frames_);
      if ((frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame_->decode_error_flags != 0) {
        throw Error("{} is damaged near frame {}; copy it again from where it came",
                    demuxer_.name(), frames_ + held_back_);
      }
      ++frames_;
      return frame_.get();
    }
    if (draining_) return nullptr;
    const AVPacket* packet = next_packet();
    draining_ = packet == nullptr;
    ffmpeg::check(avcodec_send_packet(&decoder_, packet), "decode packet {} of {}", packets_ - 1,
                  demuxer_.name());
  }
}

}  // namespace aver
