#pragma once

#include <memory>
#include <string>
#include <vector>

#include "features/extractor.h"

namespace aver {

/// Paints features as a figure: their rows over time in a perceptual colour map, with the time in
/// seconds, the rows as their axis names them and a colour bar. The bar spans the middle 98 % of
/// the values; what lies beyond has the colour of its pointed ends. Values of two signs go from
/// blue over white at 0 to red. A first row that is to stand apart (coefficient 0 of MFCCs, which
/// is loudness) is a curve above.
///
/// Keeps rendered labels from clip to clip; give each worker its own. Same input, same bytes.
class FeaturePainter {
 public:
  static constexpr int kWidth = 960, kHeight = 440;   ///< of the picture, in pixels
  static constexpr int kLeft = 74, kPlotWidth = 776;  ///< where its time goes from 0 to the end

  FeaturePainter();
  ~FeaturePainter();
  FeaturePainter(FeaturePainter&&) noexcept;
  FeaturePainter& operator=(FeaturePainter&&) noexcept;

  /// `features` is [rows, frames], at least one of each; 0 seconds per frame:
  /// nobody knows, and frames are counted. Returns a PNG file's bytes.
  std::vector<std::byte> png(const FloatArray& features, const RowAxis& axis,
                             double seconds_per_frame, const std::string& title);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aver
