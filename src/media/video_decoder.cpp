#include "aver/media/video_decoder.h"

#include <cmath>

#include "media/demuxer.h"
#include "media/picture_converter.h"

namespace aver {

struct VideoDecoder::State {
  explicit State(const fs::path& path)
      : demuxer(path, Demuxer::Kind::picture),
        decoder(demuxer.make_decoder()),
        frames(demuxer, *decoder),
        converter(quarter_turns_of(demuxer.stream()), demuxer.name()) {}

  Demuxer demuxer;
  ffmpeg::Codec decoder;
  FrameSource frames;
  PictureConverter converter;
  const AVFrame* frame = nullptr;
  std::int64_t index = -1;
  std::int64_t first_timestamp = AV_NOPTS_VALUE;
};

VideoDecoder::VideoDecoder(const fs::path& path) : state_(std::make_unique<State>(path)) {}
VideoDecoder::~VideoDecoder() = default;
VideoDecoder::VideoDecoder(VideoDecoder&&) noexcept = default;
VideoDecoder& VideoDecoder::operator=(VideoDecoder&&) noexcept = default;

bool VideoDecoder::next() {
  state_->frame = state_->frames.next();
  if (state_->frame == nullptr) {
    if (state_->index < 0) {
      throw Error("the video stream of {} has no frame", state_->demuxer.name());
    }
    return false;
  }
  ++state_->index;
  if (state_->first_timestamp == AV_NOPTS_VALUE) {
    state_->first_timestamp = state_->frame->best_effort_timestamp;
  }
  return true;
}

std::int64_t VideoDecoder::index() const {
  return state_->index;
}

double VideoDecoder::seconds() const {
  const std::int64_t now = state_->frame->best_effort_timestamp;
  const AVStream& stream = state_->demuxer.stream();
  if (now == AV_NOPTS_VALUE || state_->first_timestamp == AV_NOPTS_VALUE) {
    const bool known = stream.avg_frame_rate.num > 0 && stream.avg_frame_rate.den > 0;
    return known ? static_cast<double>(state_->index) / av_q2d(stream.avg_frame_rate) : 0;
  }
  return static_cast<double>(now - state_->first_timestamp) * av_q2d(stream.time_base);
}

cv::Mat VideoDecoder::picture() {
  return state_->converter.convert(*state_->frame, state_->decoder->coded_height);
}

}  // namespace aver
