#pragma once

#include <memory>
#include <string>
#include <vector>

#include "features/spectrum.h"

namespace aver {

/// Paints MFCCs as a figure: coefficient 0 (loudness) as a curve, below it the other coefficients
/// over time in a perceptual colour map, with the time in seconds and a colour bar in dB. The bar
/// spans the middle 98 % of the values; what lies beyond has the colour of its pointed ends.
///
/// Keeps rendered labels from clip to clip; give each worker its own. Same input, same bytes.
class MfccPainter {
 public:
  static constexpr int kWidth = 960, kHeight = 440;  ///< of the picture, in pixels

  MfccPainter();
  ~MfccPainter();
  MfccPainter(MfccPainter&&) noexcept;
  MfccPainter& operator=(MfccPainter&&) noexcept;

  /// `mfcc` is [coefficients, frames], at least one of each. Returns a PNG file's bytes.
  std::vector<std::byte> png(const Matrix& mfcc, double seconds_per_frame,
                             const std::string& title);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aver
