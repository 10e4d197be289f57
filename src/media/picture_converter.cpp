#include "media/picture_converter.h"

#include <cmath>
#include <opencv2/core.hpp>

namespace aver {

int quarter_turns_of(const AVStream& stream) {
  std::size_t size = 0;
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size));
  if (matrix == nullptr || size < 9 * sizeof(std::int32_t)) return 0;
  const double counterclockwise = av_display_rotation_get(matrix);
  if (!std::isfinite(counterclockwise)) return 0;
  const long degrees = ((-std::lround(counterclockwise)) % 360 + 360) % 360;
  return degrees % 90 == 0 ? static_cast<int>(degrees / 90) : 0;
}

namespace {

const char* format_name(AVPixelFormat format) {
  const char* name = av_get_pix_fmt_name(format);
  return name != nullptr ? name : "an unknown pixel format";
}

}  // namespace

cv::Mat PictureConverter::convert(const AVFrame& frame, int coded_height) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  // Given an even height, swscale uses another, faster conversion with slightly other chroma.
  // OpenCV always gets that one because it converts the coded picture, whose height is a multiple
  // of 16.
  const int height = frame.height + (coded_height > frame.height ? frame.height % 2 : 0);
  scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, height, format, frame.width,
                                     height, AV_PIX_FMT_BGR24, SWS_BICUBIC, nullptr, nullptr,
                                     nullptr));
  if (!scaler_) {
    throw Error("cannot convert the pictures of {}: swscale does not take {} of {} x {}", name_,
                format_name(format), frame.width, frame.height);
  }
  // swscale writes whole blocks of pixels: rows are made longer than the picture.
  cv::Mat padded(height, (frame.width + 63) / 64 * 64, CV_8UC3);
  std::uint8_t* const rows[4] = {padded.data, nullptr, nullptr, nullptr};
  const int steps[4] = {static_cast<int>(padded.step), 0, 0, 0};
  const int made = sws_scale(scaler_.get(), frame.data, frame.linesize, 0, height, rows, steps);
  if (made != height) {
    throw Error("cannot convert a picture of {}: swscale made {} of {} rows", name_, made, height);
  }
  const cv::Mat picture = padded(cv::Rect(0, 0, frame.width, frame.height));
  if (quarter_turns_ == 0) return picture;
  cv::Mat upright;
  cv::rotate(picture, upright,
             quarter_turns_ == 1   ? cv::ROTATE_90_CLOCKWISE
             : quarter_turns_ == 2 ? cv::ROTATE_180
                                   : cv::ROTATE_90_COUNTERCLOCKWISE);
  return upright;
}

}  // namespace aver
