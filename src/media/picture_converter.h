#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

#include "media/ffmpeg_raii.h"

namespace aver {

/// How far pictures of this stream must be turned clockwise to stand upright, in quarter turns (0 …
/// 3), from its display matrix. Other angles count as 0, as in OpenCV's reader.
int quarter_turns_of(const AVStream& stream);

/// Turns decoded frames into 8-bit BGR pictures as OpenCV's video reader does.
class PictureConverter {
 public:
  PictureConverter(int quarter_turns, std::string name)
      : quarter_turns_(quarter_turns), name_(std::move(name)) {}

  /// `coded_height` is what the decoder stores, which may be more than it shows. The result shares
  /// no memory with the frame.
  cv::Mat convert(const AVFrame& frame, int coded_height);

 private:
  int quarter_turns_;
  std::string name_;
  ffmpeg::Scaler scaler_;
};

}  // namespace aver
