#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>

#include "media/media_source.h"

namespace aver {

struct VideoDecoderOptions {
  int every = 1;            ///< hand out frames 0, every, 2 · every… (1 or more)
  bool decode_all = false;  ///< decode the frames between them too, needed or not
};

/// Decodes the pictures of a media file (MP4, MOV, MKV, WebM, AVI), one thread, in the order they
/// are shown. What the header says of their number is not believed.
///
///     VideoDecoder decoder(path, {.every = 5});
///     while (decoder.next()) use(decoder.index(), decoder.picture());
///
/// With `every` above 1, frames that are neither handed out nor needed to decode one that is are
/// passed over where that is sure to change nothing: in H.264 in MP4, MOV and MKV that starts with
/// an IDR picture and whose packets are whole frames, each with a time stamp of its own, in the
/// order of the pictures. That takes a look at the headers of all packets first. Frames are then
/// counted by packets (without those that an edit list hides), and damage inside a frame that was
/// passed over goes unnoticed. All other streams are decoded whole and counted by decoding.
/// Pictures and indices are the same either way.
///
/// Throws Error "no video stream" when there is none, and otherwise one that names the file: when
/// anything of it that is decoded is damaged, when it ends before what the header promises, and
/// when, with frames passed over, the decoder yields others than the headers announced. Beyond the
/// source's limits it throws LimitError.
class VideoDecoder {
 public:
  explicit VideoDecoder(const MediaSource& source, const VideoDecoderOptions& options = {});
  ~VideoDecoder();
  VideoDecoder(VideoDecoder&&) noexcept;
  VideoDecoder& operator=(VideoDecoder&&) noexcept;

  /// Goes on to the next frame to hand out; false when there are no more.
  bool next();

  /// The place of the frame handed out last among all frames, from 0.
  std::int64_t index() const;
  /// How many frames there are, handed out or not; known once next() was false.
  std::int64_t frame_count() const;
  /// When that frame is shown, from the start of the stream.
  double seconds() const;
  /// When the stream starts, on the clock of the file's tracks; 0 where it does not say.
  double start_seconds() const;
  /// Whether more of the file may have followed; known once next() was false.
  bool open_end() const;
  /// Video tracks of the file, of which one is read.
  int tracks() const;
  /// That frame, 8 bits in the order blue, green, red, turned and mirrored upright: swscale,
  /// bicubic, with the matrix and range that the stream names (see PictureConverter). Only this
  /// converts: frames that are passed over cost no more than their decoding.
  cv::Mat picture();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aver
