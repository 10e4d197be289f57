#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "synthesis/performance.h"

namespace aver {

/// Size of a picture in pixels.
struct PictureSize {
  int width = 192;
  int height = 144;
};

/// Draws the face of a performance's actor, frame by frame: head, hair and light are the actor's
/// and the clip's, brows, lids, mouth, folds and movements carry the emotion.
class FacePainter {
 public:
  FacePainter(const Performance& performance, PictureSize size);
  ~FacePainter();
  FacePainter(FacePainter&&) noexcept;

  /// The picture at a time (seconds) with the mouth opened by speech (0 … 1): height × width × 3
  /// bytes, blue first. Valid until the next call. `frame_index` seeds the camera noise.
  std::span<const std::uint8_t> paint(double seconds, double mouth, int frame_index);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aver
