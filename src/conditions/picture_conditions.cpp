#include "conditions/picture_conditions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>

#include "media/image_file.h"
#include "media/jpeg_encoder.h"

namespace aver {
namespace {

constexpr double kGamma[] = {1.5, 2, 3, 4, 6};
constexpr double kQuality[] = {50, 25, 10, 5, 2};
constexpr double kBlur[] = {.5, 1, 2, 4, 8};
constexpr double kFewer[] = {2, 4, 8, 16};

std::vector<cv::Mat> each(const ClipPictures& clip,
                          const std::function<cv::Mat(const cv::Mat&)>& change) {
  std::vector<cv::Mat> changed;
  for (const cv::Mat& frame : clip.frames) changed.push_back(change(frame));
  return changed;
}

/// Dim light: value^gamma on the scale 0 … 1, rounded to 8 bits again.
std::vector<cv::Mat> darken(const ClipPictures& clip, double gamma) {
  cv::Mat table(1, 256, CV_8UC1);
  for (int value = 0; value < 256; ++value) {
    table.at<std::uint8_t>(value) =
        static_cast<std::uint8_t>(std::lround(255 * std::pow(value / 255.0, gamma)));
  }
  return each(clip, [&](const cv::Mat& frame) {
    cv::Mat changed;
    cv::LUT(frame, table, changed);
    return changed;
  });
}

std::vector<cv::Mat> through_jpeg(const ClipPictures& clip, double quality) {
  return each(clip, [&](const cv::Mat& frame) {
    return decode_image(encode_jpeg(frame, static_cast<int>(quality)), "a frame");
  });
}

/// A Gaussian whose deviation is `percent` of the shorter side.
/// A frame is a part of a larger buffer of which nothing else may be looked at.
std::vector<cv::Mat> blur(const ClipPictures& clip, double percent) {
  return each(clip, [&](const cv::Mat& frame) {
    const double deviation = percent / 100 * std::min(frame.rows, frame.cols);
    cv::Mat changed;
    cv::GaussianBlur(frame, changed, {}, deviation, deviation,
                     cv::BORDER_DEFAULT | cv::BORDER_ISOLATED);
    return changed;
  });
}

/// A black bar over the face, across its whole width, between two shares of its height.
std::vector<cv::Mat> covered(const ClipPictures& clip, double from, double to) {
  std::vector<cv::Mat> changed;
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    const cv::Rect& face = clip.faces[i];
    const int top = face.y + static_cast<int>(std::lround(from * face.height));
    const int bottom = face.y + static_cast<int>(std::lround(to * face.height));
    cv::Mat frame = clip.frames[i].clone();
    const cv::Rect bar(face.x, top, face.width, bottom - top);
    frame(bar & cv::Rect(0, 0, frame.cols, frame.rows)).setTo(0);
    changed.push_back(std::move(frame));
  }
  return changed;
}

std::vector<cv::Mat> cover_eyes(const ClipPictures& clip, double) {
  return covered(clip, .22, .48);
}

std::vector<cv::Mat> cover_mouth(const ClipPictures& clip, double) {
  return covered(clip, .62, .95);
}

std::vector<cv::Mat> drop_frames(const ClipPictures& clip, double of) {
  std::vector<cv::Mat> kept;
  for (std::size_t i = 0; i < clip.frames.size(); i += static_cast<std::size_t>(of)) {
    kept.push_back(clip.frames[i]);
  }
  return kept;
}

constexpr std::array kConditions = {
    PictureCondition{{.name = "gamma",
                      .help = "dim light",
                      .unit = "gamma",
                      .levels = kGamma,
                      .least = .1,
                      .most = 20},
                     darken},
    PictureCondition{{.name = "jpeg",
                      .help = "compressed once more",
                      .unit = "quality",
                      .levels = kQuality,
                      .least = 1,
                      .most = 100,
                      .whole = true},
                     through_jpeg},
    PictureCondition{{.name = "blur",
                      .help = "a Gaussian of this deviation",
                      .unit = "% of the shorter side",
                      .levels = kBlur,
                      .least = .05,
                      .most = 50},
                     blur},
    PictureCondition{
        {.name = "eyes-covered", .help = "a bar over the eyes, as dark glasses", .levels = kThere},
        cover_eyes},
    PictureCondition{
        {.name = "mouth-covered", .help = "a bar over the mouth, as a mask", .levels = kThere},
        cover_mouth},
    PictureCondition{{.name = "frame-rate",
                      .help = "only one of so many of the frames that are looked at",
                      .unit = "frames",
                      .levels = kFewer,
                      .least = 1,
                      .most = 10'000,
                      .whole = true},
                     drop_frames,
                     /*drops_frames=*/true},
};

}  // namespace

std::span<const PictureCondition> picture_conditions() {
  return kConditions;
}

const PictureCondition& picture_condition(std::string_view name) {
  return condition_named(picture_conditions(), name, "pictures");
}

std::vector<const ConditionScale*> frame_condition_scales() {
  std::vector<const ConditionScale*> scales;
  for (const PictureCondition& condition : kConditions) {
    if (!condition.drops_frames) scales.push_back(&condition.scale);
  }
  return scales;
}

}  // namespace aver
