#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

#include "media/ffmpeg_raii.h"
#include "media/turn.h"

namespace aver {

/// What a stream's display matrix asks for: quarter turns and mirrorings, as ffmpeg and players
/// follow it. Other angles count as none.
Turn turn_of(const AVStream& stream);

/// How the colours of a stream's pictures are to be read.
struct ColourReading {
  int matrix = AVCOL_SPC_UNSPECIFIED;  ///< an AVColorSpace; unspecified is BT.601
  bool full_range = false;             ///< beyond what the pixel format says

  bool operator==(const ColourReading&) const = default;
};

/// Turns decoded frames into upright 8-bit BGR pictures. Matrix and range are the stream's own, as
/// in ffmpeg; without them BT.601 and limited range. The recordings that RAVDESS publishes
/// (1280x720 and written by MainConcept's muxer) are read as BT.601 although they say BT.709: so
/// OpenCV 4 reads all video, and so the paper saw them.
class PictureConverter {
 public:
  PictureConverter(const AVStream& stream, std::string name);

  /// `coded_height` is what the decoder stores, which may be more than it shows. The result shares
  /// no memory with the frame.
  cv::Mat convert(const AVFrame& frame, int coded_height);

 private:
  ColourReading reading_of(const AVFrame& frame) const;
  void scale_for(const AVFrame& frame, int height);

  Turn turn_;
  bool as_opencv_;
  std::string name_;
  ffmpeg::Scaler scaler_;
  ColourReading reading_;  ///< of scaler_
};

}  // namespace aver
