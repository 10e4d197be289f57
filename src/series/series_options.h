#pragma once

#include <string>
#include <vector>

#include "base/array.h"
#include "features/mfcc_input.h"

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
  /// "none"; one column of each feature's "mean-deviation"; or its "course", which adds the 10 %
  /// and 90 % quantiles, and how far each third of the clip is from the mean; "auto": the
  /// trainer's, which asks the architecture.
  std::string summary = "auto";

  void describe(Options& options);
};

/// Rows become columns.
FloatArray transposed(const FloatArray& frames);

/// [features, frames] of [frames, features], as `options` say. Throws Error when the landmarks to
/// align are not 136 numbers (x of 68 points, then y).
FloatArray prepared_series(const FloatArray& frames, const SeriesOptions& options);

/// Where each feature of a mirrored clip comes from, so prepared; empty where nobody knows what a
/// mirror does, for the features are no aligned landmarks.
std::vector<MirroredFeature> mirrored_series(const SeriesOptions& options);

}  // namespace aver
