#include "media/live_stream.h"

#include <exception>
#include <optional>
#include <utility>

#include "media/demuxer.h"
#include "media/picture_converter.h"
#include "media/sound_frames.h"

namespace aver {
namespace {

/// Bytes that come, as FFmpeg reads a pipe.
class LiveInput {
 public:
  explicit LiveInput(LiveStream::Bytes bytes)
      : bytes_(std::move(bytes)),
        context_(ffmpeg::make_io(1 << 15, this, &LiveInput::read, nullptr)) {}
  LiveInput(const LiveInput&) = delete;
  LiveInput& operator=(const LiveInput&) = delete;
  AVIOContext* context() { return context_.get(); }
  /// Whether nothing has come.
  bool empty() const { return empty_; }
  /// Throws what the source of the bytes threw.
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static int read(void* self, std::uint8_t* out, int size) {
    const auto into = std::as_writable_bytes(std::span(out, static_cast<std::size_t>(size)));
    auto& input = *static_cast<LiveInput*>(self);
    std::size_t count = 0;
    try {
      count = input.bytes_(into);
    } catch (...) {  // which must not pass through FFmpeg
      input.failure_ = std::current_exception();
    }
    input.empty_ = input.empty_ && count == 0;
    return count == 0 ? AVERROR_EOF : static_cast<int>(count);
  }

  LiveStream::Bytes bytes_;
  ffmpeg::Io context_;
  bool empty_ = true;
  std::exception_ptr failure_;
};

/// One track of a stream and its decoder.
struct LiveTrack {
  LiveTrack(AVStream& of, const MediaLimits& limits, const std::string& name)
      : stream(of), decoder(open_decoder(of, limits, name)), frame(av_frame_alloc()) {}

  /// The next frame of what was sent; false when it needs more.
  bool receive() {
    while (true) {
      const int code = avcodec_receive_frame(decoder.get(), frame.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return false;
      if (code >= 0) return true;
      ++damaged;
    }
  }

  /// A packet, or nothing for the end.
  void send(const AVPacket* packet) {
    if (avcodec_send_packet(decoder.get(), packet) < 0 && packet != nullptr) ++damaged;
  }

  AVStream& stream;
  ffmpeg::Codec decoder;
  ffmpeg::Frame frame;
  std::int64_t damaged = 0;
};

}  // namespace

struct LiveStream::State {
  State(Bytes bytes, std::string called, const Wanted& with)
      : name(std::move(called)),
        wanted(with),
        input(std::move(bytes)),
        frames(name, with.limits),
        packet(av_packet_alloc()) {}

  void open();
  void look_as_needed();
  bool receive();
  bool read_packet();
  [[noreturn]] void refuse_jump() const {
    throw Error("the time stamps of {} jump by more than {:g} s: it is damaged", name,
                wanted.limits.seconds);
  }

  std::string name;
  Wanted wanted;
  LiveInput input;  ///< outlives the format that reads from it
  ffmpeg::Format format;
  std::optional<LiveTrack> sound, pictures;
  std::optional<PictureConverter> converter;
  SoundFrames frames;
  ffmpeg::Packet packet;
  Came came = Came::end;
  bool draining = false;
  std::int64_t index = -1;
  std::int64_t first_stamp = AV_NOPTS_VALUE;
  double shown = 0;  ///< seconds from the first picture
};

void LiveStream::State::open() {
  AVDictionary* options = opening_options(wanted.limits, "none");
  // FFmpeg hands samples out by packets, and waits until one is full.
  av_dict_set_int(&options, "max_size", 1024, 0);
  AVFormatContext* opened = avformat_alloc_context();
  opened->pb = input.context();
  const int code = avformat_open_input(&opened, "", nullptr, &options);
  av_dict_free(&options);
  input.rethrow();
  if (code < 0 && input.empty()) throw Error("{} is empty", name);
  if (code < 0) {
    throw Error(
        "{} is no recording that can be read while it comes ({}): WAV and Matroska can, as "
        "`ffmpeg … -f wav -` and `-f matroska -` write them",
        name, ffmpeg::text_of(code));
  }
  format.reset(opened);
  look_as_needed();
  const auto chosen = [&](AVMediaType type, int number) {
    return choose_track(*format, type, number, name).stream;
  };
  if (wanted.sound) {
    if (AVStream* stream = chosen(AVMEDIA_TYPE_AUDIO, wanted.tracks.audio)) {
      sound.emplace(*stream, wanted.limits, name);
    }
  }
  if (wanted.picture) {
    if (AVStream* stream = chosen(AVMEDIA_TYPE_VIDEO, wanted.tracks.video)) {
      pictures.emplace(*stream, wanted.limits, name);
      converter.emplace(*stream, name);
    }
  }
  if (!sound && !pictures) {
    throw MissingStreamError("{} has no {}", name,
                             wanted.sound && wanted.picture ? "sound and no pictures"
                             : wanted.sound                 ? "sound"
                                                            : "pictures");
  }
}

/// Waits for no more of the stream than what its head leaves open.
void LiveStream::State::look_as_needed() {
  bool needed = (format->ctx_flags & AVFMTCTX_NOHEADER) != 0;
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    const AVCodecParameters& known = *format->streams[i]->codecpar;
    const bool is_picture = known.codec_type == AVMEDIA_TYPE_VIDEO;
    const bool is_sound = known.codec_type == AVMEDIA_TYPE_AUDIO;
    needed |= is_picture && wanted.picture;  // how far frames are reordered
    needed |=
        is_sound && wanted.sound && (known.sample_rate <= 0 || known.ch_layout.nb_channels < 1);
  }
  if (!needed) return;
  format->max_analyze_duration = AV_TIME_BASE;
  look_into_streams(*format, wanted.limits, name);
}

/// Takes the next frame that was decoded; false when there is none.
bool LiveStream::State::receive() {
  if (sound && sound->receive()) {
    try {
      frames.add(*sound->frame, sound->stream);
    } catch (const LimitError&) {
      refuse_jump();
    }
    came = Came::samples;
    return true;
  }
  if (!pictures || !pictures->receive()) return false;
  ++index;
  const double before = shown;
  const std::int64_t stamp = pictures->frame->best_effort_timestamp;
  if (index == 0) first_stamp = stamp;
  const AVStream& stream = pictures->stream;
  if (stamp != AV_NOPTS_VALUE && first_stamp != AV_NOPTS_VALUE) {
    shown = static_cast<double>(stamp - first_stamp) * av_q2d(stream.time_base);
  } else if (stream.avg_frame_rate.num > 0 && stream.avg_frame_rate.den > 0) {
    shown = static_cast<double>(index) / av_q2d(stream.avg_frame_rate);
  }
  if (shown - before > wanted.limits.seconds) refuse_jump();
  came = Came::picture;
  return true;
}

/// False at the end.
bool LiveStream::State::read_packet() {
  av_packet_unref(packet.get());
  const int code = av_read_frame(format.get(), packet.get());
  input.rethrow();
  if (code < 0) {
    // However a pipe breaks off, what came of the recording stands.
    if (sound) sound->send(nullptr);
    if (pictures) pictures->send(nullptr);
    return false;
  }
  for (auto* track : {&sound, &pictures}) {
    if (*track && packet->stream_index == (*track)->stream.index) (*track)->send(packet.get());
  }
  return true;
}

LiveStream::LiveStream(Bytes bytes, std::string name, const Wanted& wanted)
    : state_(std::make_unique<State>(std::move(bytes), std::move(name), wanted)) {
  state_->open();
}
LiveStream::~LiveStream() = default;

const std::string& LiveStream::name() const {
  return state_->name;
}

const MediaLimits& LiveStream::limits() const {
  return state_->wanted.limits;
}

bool LiveStream::has_sound() const {
  return state_->sound.has_value();
}

bool LiveStream::has_picture() const {
  return state_->pictures.has_value();
}

LiveStream::Came LiveStream::next() {
  state_->wanted.limits.check(name());
  while (!state_->receive()) {
    state_->wanted.limits.check(name());
    if (state_->draining) return Came::end;
    state_->draining = !state_->read_packet();
  }
  return state_->came;
}

std::vector<float> LiveStream::take_samples() {
  return state_->frames.take();
}

int LiveStream::sample_rate_hz() const {
  return state_->frames.sound().sample_rate_hz;
}

double LiveStream::sound_start_seconds() const {
  return state_->frames.sound().start_seconds;
}

std::int64_t LiveStream::picture_index() const {
  return state_->index;
}

double LiveStream::picture_seconds() const {
  return state_->shown;
}

double LiveStream::picture_start_seconds() const {
  if (state_->first_stamp == AV_NOPTS_VALUE) return 0;
  return static_cast<double>(state_->first_stamp) * av_q2d(state_->pictures->stream.time_base);
}

cv::Mat LiveStream::picture() {
  return state_->converter->convert(*state_->pictures->frame,
                                    state_->pictures->decoder->coded_height);
}

std::int64_t LiveStream::damaged() const {
  return (state_->sound ? state_->sound->damaged : 0) +
         (state_->pictures ? state_->pictures->damaged : 0);
}

}  // namespace aver
