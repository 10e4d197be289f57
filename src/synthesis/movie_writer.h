#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/files.h"

namespace aver {

/// Frames per second as a ratio; 30000/1001 is what RAVDESS was filmed at.
struct FrameRate {
  int numerator = 30000;
  int denominator = 1001;
  double hertz() const { return static_cast<double>(numerator) / denominator; }
};

/// "30000/1001", "25" or "29.97" (read as 30000/1001). Throws UsageError otherwise, or when it is
/// not between 1 and 240.
FrameRate parse_frame_rate(std::string_view text);

struct MovieOptions {
  int width = 192;   ///< pixels, even
  int height = 144;  ///< pixels, even
  FrameRate frame_rate;
  int sample_rate_hz = 48000;  ///< of the mono sound track; 0 for none
};

/// Writes an .mp4 as a camera would: H.264 (libx264, 4:2:0, B-frames, one key frame per second) and
/// AAC. One thread and no timestamps: equal input gives equal bytes.
class MovieWriter {
 public:
  /// Throws Error when the file cannot be written or an encoder is missing.
  MovieWriter(const fs::path& path, const MovieOptions& options);
  ~MovieWriter();
  MovieWriter(const MovieWriter&) = delete;
  MovieWriter& operator=(const MovieWriter&) = delete;

  /// height × width × 3 bytes, blue first.
  void add_picture(std::span<const std::uint8_t> bgr);
  /// Any number of samples in [-1, 1]. Add sound about as far as pictures.
  void add_sound(std::span<const float> samples);
  /// Flushes the encoders and completes the file.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aver
