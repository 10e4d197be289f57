#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>

#include "aver/base/files.h"

namespace aver {

/// Decodes the pictures of a media file (MP4, MOV, MKV, WebM, AVI), one thread, in the order they
/// are shown. Frames are counted by decoding; what the header says of their number is not believed.
///
///     VideoDecoder decoder(path);
///     while (decoder.next()) {
///       if (decoder.index() % 5 == 0) use(decoder.picture());
///     }
///
/// Throws Error "no video stream" when there is none, and otherwise one that names the file when
/// anything of it cannot be decoded or it ends before what the header promises.
class VideoDecoder {
 public:
  explicit VideoDecoder(const fs::path& path);
  ~VideoDecoder();
  VideoDecoder(VideoDecoder&&) noexcept;
  VideoDecoder& operator=(VideoDecoder&&) noexcept;

  /// Decodes the next frame; false when there are no more.
  bool next();

  /// Of the frame decoded last, from 0.
  std::int64_t index() const;
  /// When that frame is shown, from the start of the stream.
  double seconds() const;
  /// That frame, 8 bits in the order blue, green, red, turned upright. Colours are OpenCV's video
  /// reader's: swscale, bicubic, ITU-R BT.601 whatever the stream says, limited range unless the
  /// pixel format is a full-range one. Only this converts: frames that are passed over cost no more
  /// than their decoding.
  cv::Mat picture();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aver
