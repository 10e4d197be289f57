#include "media/video_decoder.h"

#include "media/demuxer.h"
#include "media/frame_plan.h"
#include "media/picture_converter.h"

namespace aver {
namespace {

std::optional<FramePlan> plan_for(const MediaSource& source, const VideoDecoderOptions& options) {
  if (options.every == 1 || options.decode_all) return std::nullopt;
  Demuxer demuxer(source, Demuxer::Kind::picture, Demuxer::Probe::never);
  return FramePlan::make(demuxer, options.every);
}

/// A file and its frames: those of a plan, which must outlive it, or without one all of them.
struct DecodedFile {
  DecodedFile(const MediaSource& source, const FramePlan* plan)
      : demuxer(source, Demuxer::Kind::picture,
                plan != nullptr ? Demuxer::Probe::never : Demuxer::Probe::as_needed),
        decoder(demuxer.make_decoder(plan != nullptr ? plan->reorder_depth() : 0)),
        frames(demuxer, *decoder, filter_of(plan)),
        converter(demuxer.stream(), demuxer.name()) {}

  static FrameSource::PacketFilter filter_of(const FramePlan* plan) {
    if (plan == nullptr) return {};
    return [plan](std::int64_t packet) { return plan->needs_packet(packet); };
  }

  Demuxer demuxer;
  ffmpeg::Codec decoder;
  FrameSource frames;
  PictureConverter converter;
};

}  // namespace

struct VideoDecoder::State {
  State(const MediaSource& source, const VideoDecoderOptions& options)
      : every(options.every),
        plan(plan_for(source, options)),
        file(source, plan ? &*plan : nullptr) {}

  bool next_decoded();

  int every;
  std::optional<FramePlan> plan;
  DecodedFile file;
  const AVFrame* frame = nullptr;
  std::int64_t decoded = -1;  ///< number of the frame decoded last
  std::int64_t index = -1;    ///< of the last one handed out
  std::int64_t first_timestamp = AV_NOPTS_VALUE;
};

bool VideoDecoder::State::next_decoded() {
  frame = file.frames.next();
  if (!plan) {
    decoded += frame != nullptr;
    return frame != nullptr;
  }
  decoded = plan->next_decoded(decoded + 1);
  const bool expect_end = decoded == plan->frames();
  // The headers promised which frames come and when each is shown: this must never be a guess.
  if ((frame == nullptr) != expect_end ||
      (frame != nullptr && frame->pts != plan->time_stamp(decoded))) {
    throw Error(
        "cannot number the frames of {}: it decodes to other frames than its headers say; decode "
        "all of them (--decode-all)",
        file.demuxer.name());
  }
  return !expect_end;
}

VideoDecoder::VideoDecoder(const MediaSource& source, const VideoDecoderOptions& options)
    : state_(std::make_unique<State>(source, options)) {}
VideoDecoder::~VideoDecoder() = default;
VideoDecoder::VideoDecoder(VideoDecoder&&) noexcept = default;
VideoDecoder& VideoDecoder::operator=(VideoDecoder&&) noexcept = default;

bool VideoDecoder::next() {
  while (state_->next_decoded()) {
    if (state_->decoded % state_->every != 0) continue;
    state_->index = state_->decoded;
    if (state_->index == 0) state_->first_timestamp = state_->frame->best_effort_timestamp;
    return true;
  }
  if (state_->index < 0) {
    throw Error("the video stream of {} has no frame", state_->file.demuxer.name());
  }
  return false;
}

std::int64_t VideoDecoder::index() const {
  return state_->index;
}

std::int64_t VideoDecoder::frame_count() const {
  return state_->plan ? state_->plan->frames() : state_->decoded + 1;
}

double VideoDecoder::seconds() const {
  const std::int64_t now = state_->frame->best_effort_timestamp;
  const AVStream& stream = state_->file.demuxer.stream();
  if (now == AV_NOPTS_VALUE || state_->first_timestamp == AV_NOPTS_VALUE) {
    const bool known = stream.avg_frame_rate.num > 0 && stream.avg_frame_rate.den > 0;
    return known ? static_cast<double>(state_->index) / av_q2d(stream.avg_frame_rate) : 0;
  }
  return static_cast<double>(now - state_->first_timestamp) * av_q2d(stream.time_base);
}

double VideoDecoder::start_seconds() const {
  if (state_->first_timestamp == AV_NOPTS_VALUE) return 0;
  return static_cast<double>(state_->first_timestamp) *
         av_q2d(state_->file.demuxer.stream().time_base);
}

bool VideoDecoder::open_end() const {
  return state_->file.demuxer.open_end();
}

int VideoDecoder::tracks() const {
  return state_->file.demuxer.tracks();
}

cv::Mat VideoDecoder::picture() {
  return state_->file.converter.convert(*state_->frame, state_->file.decoder->coded_height);
}

}  // namespace aver
