#include "media/picture_converter.h"

#include <cmath>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <string_view>

namespace aver {

Turn turn_of(const AVStream& stream) {
  std::size_t size = 0;
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size));
  if (matrix == nullptr || size < 9 * sizeof(std::int32_t)) return {};
  // x' = a·x + c·y and y' = b·x + d·y, y downwards.
  const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  constexpr double kNothing = 0.01;  // half a degree, in either direction
  const double straight = std::min(std::abs(a), std::abs(d));
  const double across = std::min(std::abs(b), std::abs(c));
  if (std::max(std::abs(b), std::abs(c)) < kNothing * straight) {
    return {false, a < 0, d < 0};
  }
  if (std::max(std::abs(a), std::abs(d)) < kNothing * across) {
    return {true, c < 0, b < 0};
  }
  return {};
}

namespace {

const char* format_name(AVPixelFormat format) {
  const char* name = av_get_pix_fmt_name(format);
  return name != nullptr ? name : "an unknown pixel format";
}

bool is_published_by_ravdess(const AVStream& stream) {
  const AVDictionaryEntry* writer = av_dict_get(stream.metadata, "handler_name", nullptr, 0);
  return writer != nullptr &&
         std::string_view(writer->value) == "Mainconcept MP4 Video Media Handler" &&
         stream.codecpar->width == 1280 && stream.codecpar->height == 720;
}

}  // namespace

PictureConverter::PictureConverter(const AVStream& stream, std::string name)
    : turn_(turn_of(stream)), as_opencv_(is_published_by_ravdess(stream)), name_(std::move(name)) {}

ColourReading PictureConverter::reading_of(const AVFrame& frame) const {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (as_opencv_ || format == nullptr || (format->flags & AV_PIX_FMT_FLAG_RGB) != 0) return {};
  ColourReading reading;
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_SMPTE240M:
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      reading.matrix = frame.colorspace;
      break;
    default:
      break;
  }
  reading.full_range = frame.color_range == AVCOL_RANGE_JPEG;
  return reading;
}

void PictureConverter::scale_for(const AVFrame& frame, int height) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const ColourReading reading = reading_of(frame);
  if (reading != reading_) scaler_.reset();
  const SwsContext* before = scaler_.get();
  scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, height, format, frame.width,
                                     height, AV_PIX_FMT_BGR24, SWS_BICUBIC, nullptr, nullptr,
                                     nullptr));
  reading_ = reading;
  if (!scaler_) {
    throw Error("cannot convert the pictures of {}: swscale does not take {} of {} x {}", name_,
                format_name(format), frame.width, frame.height);
  }
  if (scaler_.get() == before || reading == ColourReading{}) return;
  int* inverse = nullptr;
  int* table = nullptr;
  int source_range = 0, range = 0, brightness = 0, contrast = 0, saturation = 0;
  if (sws_getColorspaceDetails(scaler_.get(), &inverse, &source_range, &table, &range, &brightness,
                               &contrast, &saturation) < 0) {
    return;
  }
  sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(reading.matrix),
                           source_range != 0 || reading.full_range ? 1 : 0, table, range,
                           brightness, contrast, saturation);
}

cv::Mat PictureConverter::convert(const AVFrame& frame, int coded_height) {
  // Given an even height, swscale uses another, faster conversion with slightly other chroma.
  // OpenCV always gets that one because it converts the coded picture, whose height is a multiple
  // of 16.
  const int height = frame.height + (coded_height > frame.height ? frame.height % 2 : 0);
  scale_for(frame, height);
  // swscale writes whole blocks of pixels: rows are made longer than the picture.
  cv::Mat padded(height, (frame.width + 63) / 64 * 64, CV_8UC3);
  std::uint8_t* const rows[4] = {padded.data, nullptr, nullptr, nullptr};
  const int steps[4] = {static_cast<int>(padded.step), 0, 0, 0};
  const int made = sws_scale(scaler_.get(), frame.data, frame.linesize, 0, height, rows, steps);
  if (made != height) {
    throw Error("cannot convert a picture of {}: swscale made {} of {} rows", name_, made, height);
  }
  return turned(padded(cv::Rect(0, 0, frame.width, frame.height)), turn_);
}

}  // namespace aver
