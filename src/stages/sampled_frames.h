#pragma once

#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "media/face_finder.h"
#include "media/media_source.h"
#include "stages/extract_frames.h"

namespace aver {

/// `--resize` as a size; nothing when the clip's own size is kept or the text is no size.
std::optional<cv::Size> frame_size_of(const FrameSettings& settings);

/// Which frames of a clip the settings keep: every N-th, or the first of each stretch of time.
class FrameChoice {
 public:
  explicit FrameChoice(const FrameSettings& settings);
  /// To be asked of the frames in their order: its number from 0, and when it is shown, in seconds
  /// from the first.
  bool keeps(std::int64_t index, double seconds);

 private:
  int every_;
  double step_;
  double next_ = 0;  ///< when the next stretch begins
};

/// A clip whose frames were looked at.
struct SampledClip {
  std::int64_t frames = 0;           ///< all of them, kept or not
  double start_seconds = 0;          ///< when the first is shown, on the clock of the file's tracks
  std::vector<std::string> remarks;  ///< what a person should know of the file, each a clause
};

/// What is called with a frame of a clip, its number and when it is shown.
using UseFrame = std::function<void(const cv::Mat&, std::int64_t, double)>;

/// Calls `use` for the frames of a clip that the settings keep, whole and in the clip's own size.
/// `decode_all` as in VideoDecoderOptions.
SampledClip for_each_kept_frame(const MediaSource& source, const FrameSettings& settings,
                                bool decode_all, const UseFrame& use);

/// A picture in the size that the settings ask for (bilinear, as the networks resize), which may be
/// its own.
cv::Mat sized_frame(const cv::Mat& picture, const FrameSettings& settings);

/// A frame, the next of its clip, as the settings make it: cropped by `faces`, then sized_frame().
/// May share memory with `frame`. Nothing when it is to be left out for want of a face.
std::optional<cv::Mat> finished_frame(const cv::Mat& frame, const FrameSettings& settings,
                                      FaceCropper& faces);

/// Calls `use` for the frames that the settings keep, finished. `faces` starts this clip.
SampledClip for_each_sampled_frame(const MediaSource& source, const FrameSettings& settings,
                                   bool decode_all, FaceCropper& faces, const UseFrame& use);

/// Throws Error when no frame is left, each having been skipped for want of a face.
void refuse_faceless(const FaceCounts& counts);

/// What the cropper did with a clip, as the stage keeps it; empty without a face to crop to.
StageCounts stage_counts(const FaceCounts& counts, FaceMode mode);

/// What the counts say, as a line for a person; "" when there are none.
std::string faces_text(const StageCounts& counts);

}  // namespace aver
