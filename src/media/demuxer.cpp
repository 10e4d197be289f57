#include "media/demuxer.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

namespace aver {
namespace {

double seconds(std::int64_t ticks, AVRational base) {
  return static_cast<double>(ticks) * av_q2d(base);
}

}  // namespace

std::int64_t with_padding(std::int64_t pixels) {
  // libdav1d keeps 32 bits of it.
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  return pixels > (kMost - (1 << 16)) / 2 ? kMost : 2 * pixels + (1 << 16);
}

/// The tables of a container (where its packets lie, and when) are as long as its head says,
/// however short the file. FFmpeg keeps one limit for the whole process, as the sources of a
/// program do.
static void limit_allocations(const MediaLimits& limits) {
  constexpr std::int64_t kTables = 256 << 20;  // some ten million packets
  constexpr std::int64_t kPixel = 4;           // bytes; deeper ones take what is left for padding
  const std::int64_t most = std::max(kTables, kPixel * with_padding(limits.pixels));
  av_max_alloc(std::min<std::int64_t>(most, std::numeric_limits<int>::max()));
}

AVDictionary* opening_options(const MediaLimits& limits, const char* protocols) {
  limit_allocations(limits);
  AVDictionary* options = nullptr;
  // A file may claim to be a playlist of others: only containers, and only this one file.
  av_dict_set(&options, "format_whitelist",
              "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,ogg,mp3,aac,amr,caf,w64,wav,aiff", 0);
  av_dict_set(&options, "protocol_whitelist", protocols, 0);
  av_dict_set_int(&options, "max_streams", limits.streams, 0);
  return options;
}

MemoryInput::MemoryInput(std::span<const std::byte> bytes)
    : reader_(bytes),
      context_(ffmpeg::make_io(1 << 16, this, &MemoryInput::read, &MemoryInput::seek)) {}

int MemoryInput::read(void* self, std::uint8_t* out, int size) {
  const auto count = static_cast<MemoryInput*>(self)->reader_.read(out, size);
  return count == 0 ? AVERROR_EOF : static_cast<int>(count);
}

std::int64_t MemoryInput::seek(void* self, std::int64_t offset, int whence) {
  auto& reader = static_cast<MemoryInput*>(self)->reader_;
  whence &= ~AVSEEK_FORCE;
  if (whence == AVSEEK_SIZE) return reader.size();
  const std::int64_t position = reader.seek(offset, whence);
  return position < 0 ? AVERROR(EINVAL) : position;
}

Demuxer::Demuxer(const MediaSource& source, Kind kind, Probe probe)
    : source_(source), name_(source.name()), limits_(source.limits()), packet_(av_packet_alloc()) {
  if (const std::string odd = odd_content(source); !odd.empty()) {
    throw Error("cannot open {}: it {}", name_, odd);
  }
  try {
    open(source);
    // FLV says only in its packets which streams there are.
    const bool headless = (format_->ctx_flags & AVFMTCTX_NOHEADER) != 0;
    if (headless) look_into_streams(*format_, limits_, name_);
    select(kind, source.tracks());
    if (probe == Probe::as_needed && !headless) this->probe(kind);
  } catch (const LimitError&) {
    throw;
  } catch (const Error&) {
    end_of_container(source).refuse_cut(name_);  // which says more than what is missing for it
    throw;
  }
}

void Demuxer::open(const MediaSource& source) {
  AVDictionary* options = opening_options(limits_, source.in_memory() ? "none" : "file");
  AVFormatContext* format = nullptr;
  if (source.in_memory()) {
    memory_ = std::make_unique<MemoryInput>(source.bytes());
    format = avformat_alloc_context();
    format->pb = memory_->context();
  }
  const std::string url = source.in_memory() ? "" : "file:" + source.path().string();
  const int code = avformat_open_input(&format, url.c_str(), nullptr, &options);
  av_dict_free(&options);
  if (code == AVERROR(ENOMEM)) {
    throw LimitError("cannot open {}: it asks for more than {} streams, or for too much memory",
                     name_, limits_.streams);
  }
  if (code == AVERROR(EINVAL)) {
    throw Error("cannot open {}: it is no {} file", name_, format_names(MediaKind::container));
  }
  if (code < 0) {
    const bool says_no_more = code == AVERROR_INVALIDDATA;
    throw Error("cannot open {}: {}it is damaged, cut off or no {} file", name_,
                says_no_more ? "" : ffmpeg::text_of(code) + "; ",
                format_names(MediaKind::container));
  }
  format_.reset(format);
  const double promised =
      format->duration > 0 ? seconds(format->duration, av_get_time_base_q()) : 0;
  limits_.check(name_, promised);
  // What MP3 and AAC say is an estimate from their size.
  const std::string_view container = format->iformat->name;
  if (container.starts_with("matroska") || container == "flv") promised_seconds_ = promised;
}

TrackChoice choose_track(const AVFormatContext& format, AVMediaType type, int number,
                         const std::string& name) {
  const auto is_default = [](const AVStream& stream) {
    return (stream.disposition & AV_DISPOSITION_DEFAULT) != 0;
  };
  TrackChoice choice;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    AVStream* stream = format.streams[i];
    const bool cover = (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    if (stream->codecpar->codec_type != type || cover) continue;
    ++choice.tracks;
    const bool better = choice.stream == nullptr ||
                        (number == 0 && is_default(*stream) && !is_default(*choice.stream));
    if (number == 0 ? better : number == choice.tracks) choice.stream = stream;
  }
  if (choice.tracks > 0 && choice.stream == nullptr) {
    throw Error("{} has {} {}{}, and number {} is asked for", name, choice.tracks,
                type == AVMEDIA_TYPE_VIDEO ? "video stream" : "sound track",
                choice.tracks == 1 ? "" : "s", number);
  }
  return choice;
}

void Demuxer::select(Kind kind, const Tracks& tracks) {
  const bool picture = kind == Kind::picture;
  const auto [stream, count] =
      choose_track(*format_, picture ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO,
                   picture ? tracks.video : tracks.audio, name_);
  if (count == 0) throw MissingStreamError("no {}", picture ? "video stream" : "sound track");
  stream_ = stream;
  tracks_ = count;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    AVStream* other = format_->streams[i];
    if (other != stream_ && lists_its_packets()) other->discard = AVDISCARD_ALL;
  }
}

void Demuxer::probe(Kind kind) {
  // Looking into the streams costs more than decoding a clip's sound, and the header of the usual
  // containers says everything. For pictures it also learns how far frames are reordered.
  const AVCodecParameters& known = *stream_->codecpar;
  const bool complete = known.codec_id != AV_CODEC_ID_NONE && known.sample_rate > 0 &&
                        known.ch_layout.nb_channels > 0;
  if (kind == Kind::sound && complete) return;
  look_into_streams(*format_, limits_, name_);
}

void look_into_streams(AVFormatContext& format, const MediaLimits& limits,
                       const std::string& name) {
  // It decodes the first frames of every stream, by decoders of its own.
  std::vector<AVDictionary*> options(format.nb_streams, nullptr);
  for (auto& option : options) {
    av_dict_set_int(&option, "max_pixels", with_padding(limits.pixels), 0);
  }
  const int code = avformat_find_stream_info(&format, options.data());
  for (auto& option : options) av_dict_free(&option);
  ffmpeg::check(code, "read the streams of {}", name);
}

bool Demuxer::is_bare() const {
  const std::string_view name = format_->iformat->name;
  return name == "mp3" || name == "aac";
}

bool Demuxer::lists_its_packets() const {
  return std::string_view(format_->iformat->name).starts_with("mov,");
}

ffmpeg::Codec open_decoder(const AVStream& stream, const MediaLimits& limits,
                           const std::string& name, int reorder_depth) {
  const AVCodecParameters& parameters = *stream.codecpar;
  limits.check_size(name, parameters.width, parameters.height);
  const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
  if (parameters.codec_id == AV_CODEC_ID_NONE) {
    throw Error(
        "cannot decode {}: its header does not say how it is coded; it is damaged or cut off",
        name);
  }
  if (codec == nullptr) {
    throw Error("cannot decode {}: this FFmpeg has no decoder for {}", name,
                avcodec_get_name(parameters.codec_id));
  }
  ffmpeg::Codec decoder(avcodec_alloc_context3(codec));
  ffmpeg::check(avcodec_parameters_to_context(decoder.get(), &parameters),
                "set up the decoder of {}", name);
  decoder->pkt_timebase = stream.time_base;
  decoder->thread_count = 1;  // clips run side by side
  decoder->max_pixels = with_padding(limits.pixels);
  decoder->has_b_frames = std::max(decoder->has_b_frames, reorder_depth);
  ffmpeg::check(avcodec_open2(decoder.get(), codec, nullptr), "open the {} decoder for {}",
                codec->name, name);
  return decoder;
}

ffmpeg::Codec Demuxer::make_decoder(int reorder_depth) const {
  // That a file was cut says more than what is missing for it.
  if (avcodec_find_decoder(stream_->codecpar->codec_id) == nullptr) {
    end_of_container(source_).refuse_cut(name_);
  }
  return open_decoder(*stream_, limits_, name_, reorder_depth);
}

const AVPacket* Demuxer::next() {
  while (true) {
    av_packet_unref(packet_.get());
    const int code = av_read_frame(format_.get(), packet_.get());
    if (code == AVERROR_EOF || (code == AVERROR_INVALIDDATA && only_a_tag_is_left())) {
      check_whole();
      return nullptr;
    }
    if (code == AVERROR(EIO) || code == AVERROR_INVALIDDATA) {
      end_of_container(source_).refuse_cut(name_);
      refuse_rest();
    }
    ffmpeg::check(code, "read {} after {} packets", name_, packets_);
    note_end(*packet_);
    limits_.check(name_, end_seconds_ - start_seconds_.value_or(0));
    // Every stream is checked: a file that ends early may do so in any of them.
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0 && !may_be_short(*packet_)) refuse_rest();
    if (packet_->stream_index != stream_->index) continue;
    ++packets_;
    return packet_.get();
  }
}

/// FFmpeg takes the last packet of samples for cut where it is shorter than the others: where a
/// writer left the length open, it may be.
bool Demuxer::may_be_short(const AVPacket& packet) const {
  const AVCodecParameters& coded = *format_->streams[packet.stream_index]->codecpar;
  return av_get_exact_bits_per_sample(coded.codec_id) > 0 && end_of_container(source_).open;
}

/// Behind the last frame there may be tags, line ends or padding.
bool Demuxer::only_a_tag_is_left() const {
  constexpr std::int64_t kMost = 1 << 16;
  const std::int64_t size = avio_size(format_->pb);
  return is_bare() && end_byte_ > 0 && size >= end_byte_ && size - end_byte_ <= kMost;
}

void Demuxer::note_end(const AVPacket& packet) {
  if (packet.pos >= 0) end_byte_ = packet.pos + packet.size;
  const std::int64_t start = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (start == AV_NOPTS_VALUE) return;
  const AVRational base = format_->streams[packet.stream_index]->time_base;
  if (!start_seconds_) start_seconds_ = seconds(start, base);
  end_seconds_ = std::max(end_seconds_, seconds(start + packet.duration, base));
  longest_packet_ = std::max(longest_packet_, seconds(packet.duration, base));
}

void Demuxer::refuse_rest() const {
  throw Error("{} ends early or is damaged after {} packets; copy it again from where it came",
              name_, packets_);
}

void Demuxer::check_whole() {
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
  }
  // A stream may be whole in a file that is not: another one, or its own rest, is what is missing.
  end_ = end_of_container(source_);
  end_.refuse_cut(name_);
  if (!end_.promised) check_duration();
}

/// Of a file that was written to a pipe the length of the recording is all that may be promised.
void Demuxer::check_duration() const {
  // Headers round, packets may have no length, and a sound frame takes up to a tenth of a second.
  const double tolerance = 0.1 + longest_packet_;
  if (end_seconds_ + tolerance < promised_seconds_) {
    throw Error(
        "{} ends early: its header promises {:.2f} s and {:.2f} s are there; copy it again "
        "from where it came",
        name_, promised_seconds_, end_seconds_);
  }
}

/// Whether the bytes could be the start of an MPEG audio or ADTS frame, whose sync word is followed
/// by bits that are never all set.
static bool begins_a_frame(const AVPacket& packet) {
  return packet.size >= 2 && packet.data[0] == 0xFF && (packet.data[1] & 0xE0) == 0xE0 &&
         packet.data[1] != 0xFF;
}

static std::string_view bytes_of(const AVPacket& packet) {
  return {reinterpret_cast<const char*>(packet.data),
          static_cast<std::size_t>(std::max(packet.size, 0))};
}

static bool begins_an_opus_head(const AVPacket& packet) {
  return bytes_of(packet).starts_with("OpusHead") || bytes_of(packet).starts_with("OpusTags");
}

/// Whether the bytes are a tag: in the middle of a track it is that of a file which was joined to
/// it.
static bool begins_a_tag(const AVPacket& packet) {
  const std::string_view bytes = bytes_of(packet);
  return bytes.starts_with("ID3") || bytes.starts_with("TAG") || bytes.starts_with("APETAGEX");
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
    send(packet);
  }
}

void FrameSource::send(const AVPacket* packet) {
  const auto refuse = [&](std::int64_t number) {
    throw Error(
        "{} ends early or is damaged: its packet {} cannot be decoded; copy it again from "
        "where it came",
        demuxer_.name(), number);
  };
  const int sent = avcodec_send_packet(&decoder_, packet);
  if (sent >= 0) {
    if (packet != nullptr && junk_ >= 0) refuse(junk_);
    return;
  }
  // Recordings that were joined begin anew with their heads.
  if (packet != nullptr && begins_an_opus_head(*packet)) return;
  // Tags, line ends and padding behind the last frame are no part of the track.
  if (packet != nullptr && demuxer_.is_bare() && !begins_a_frame(*packet)) {
    if (junk_ < 0 && !begins_a_tag(*packet)) junk_ = packets_ - 1;
    return;
  }
  if (sent == AVERROR_INVALIDDATA) refuse(packets_ - 1);
  ffmpeg::check(sent, "decode packet {} of {}", packets_ - 1, demuxer_.name());
}

}  // namespace aver
