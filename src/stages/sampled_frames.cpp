#include "stages/sampled_frames.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/text.h"
#include "media/container_end.h"
#include "media/video_decoder.h"

namespace aver {
namespace {

constexpr long long kLargestSide = 65500;  // what libjpeg takes

constexpr const char* kFaceFound = "face_found";
constexpr const char* kFacePrevious = "face_previous";
constexpr const char* kFaceWhole = "face_whole";
constexpr const char* kFaceSkipped = "face_skipped";

}  // namespace

std::optional<cv::Size> frame_size_of(const FrameSettings& settings) {
  const auto sides = split_text(settings.resize, 'x');
  if (sides.size() != 2) return std::nullopt;
  const auto width = parse_integer(sides[0]);
  const auto height = parse_integer(sides[1]);
  if (!width || !height || *width < 1 || *height < 1 || *width > kLargestSide ||
      *height > kLargestSide) {
    return std::nullopt;
  }
  return cv::Size(static_cast<int>(*width), static_cast<int>(*height));
}

FrameChoice::FrameChoice(const FrameSettings& settings)
    : every_(settings.every), step_(settings.every_seconds) {}

bool FrameChoice::keeps(std::int64_t index, double seconds) {
  // Time stamps are rounded to ticks: a frame a hair early is the one that is meant.
  constexpr double kHair = 1e-3;
  if (step_ <= 0) return index % every_ == 0;
  if (seconds + kHair < next_) return false;
  next_ = step_ * (std::floor((seconds + kHair) / step_) + 1);
  return true;
}

SampledClip for_each_kept_frame(const MediaSource& source, const FrameSettings& settings,
                                bool decode_all, const UseFrame& use) {
  const bool all = settings.every_seconds > 0;
  VideoDecoder decoder(source, {.every = all ? 1 : settings.every, .decode_all = decode_all});
  FrameChoice choice(settings);
  while (decoder.next()) {
    if (!choice.keeps(decoder.index(), decoder.seconds())) continue;
    use(decoder.picture(), decoder.index(), decoder.seconds());
  }
  std::vector<std::string> remarks;
  if (decoder.tracks() > 1) {
    remarks.push_back(fmt::format("it has {} video tracks, of which one is seen (--video-track)",
                                  decoder.tracks()));
  }
  if (decoder.open_end()) remarks.emplace_back(kOpenEndRemark);
  return {decoder.frame_count(), decoder.start_seconds(), std::move(remarks)};
}

cv::Mat sized_frame(const cv::Mat& picture, const FrameSettings& settings) {
  const std::optional<cv::Size> size = frame_size_of(settings);
  if (!size) return picture;
  cv::Mat resized;
  cv::resize(picture, resized, *size, 0, 0, cv::INTER_LINEAR);
  return resized;
}

std::optional<cv::Mat> finished_frame(const cv::Mat& frame, const FrameSettings& settings,
                                      FaceCropper& faces) {
  const std::optional<cv::Mat> picture = faces.crop(frame);
  if (!picture) return std::nullopt;
  return sized_frame(*picture, settings);
}

SampledClip for_each_sampled_frame(const MediaSource& source, const FrameSettings& settings,
                                   bool decode_all, FaceCropper& faces, const UseFrame& use) {
  faces.start_clip();
  return for_each_kept_frame(source, settings, decode_all,
                             [&](const cv::Mat& frame, std::int64_t index, double seconds) {
                               if (const auto picture = finished_frame(frame, settings, faces)) {
                                 use(*picture, index, seconds);
                               }
                             });
}

void refuse_faceless(const FaceCounts& counts) {
  if (counts.skipped == 0 || counts.found > 0) return;
  throw Error(
      "no face found in any of its {} frames, so none is left; --without-face whole keeps them "
      "uncropped",
      counts.skipped);
}

StageCounts stage_counts(const FaceCounts& counts, FaceMode mode) {
  if (mode == FaceMode::none) return {};
  return {{kFaceFound, counts.found},
          {kFacePrevious, counts.previous},
          {kFaceWhole, counts.whole},
          {kFaceSkipped, counts.skipped}};
}

std::string faces_text(const StageCounts& counts) {
  if (counts.empty()) return {};
  const auto count = [&](const char* name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
  };
  return fmt::format(
      "faces: {} frames with one; without, {} took the previous box, {} are whole, "
      "{} skipped\n",
      count(kFaceFound), count(kFacePrevious), count(kFaceWhole), count(kFaceSkipped));
}

}  // namespace aver
