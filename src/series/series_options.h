#pragma once

#include <string>
#include <vector>

#include "base/array.h"

namespace aver {

class Options;

/// How series and vectors that other programs made become what a network reads. Everything here is
/// remembered in the model, and done alike to new input.
struct SeriesOptions {
  /// Of tables, by name, where "AU*_r" means all that begin and end so; none = all columns of
  /// numbers. Of arrays no column has a name.
  std::vector<std::string> columns;
  std::string align = "none";   ///< "eyes": of 68 facial landmarks, see align_by_eyes()
  std::string scale = "frame";  ///< of aligned landmarks: the eyes' distance of each "frame", or of
                                ///< the "clip"
  int differences = 0;          ///< 0 = none; N: what each feature changes by over N frames follows
  std::string summary =
      "auto";  ///< "none", or "mean-deviation": one column of both, of each feature

  void describe(Options& options);
};

/// Rows become columns.
FloatArray transposed(const FloatArray& frames);

/// [features, frames] of [frames, features], as `options` say. Throws Error when the landmarks to
/// align are not 136 numbers (x of 68 points, then y).
FloatArray prepared_series(const FloatArray& frames, const SeriesOptions& options);

}  // namespace aver
