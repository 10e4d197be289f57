#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/array.h"

namespace aver {

/// Mean and deviation of each coefficient; empty = nothing is normalised.
struct Normalisation {
  std::vector<float> mean;
  std::vector<float> deviation;  ///< never 0: a coefficient that does not vary has 1
  bool empty() const { return mean.empty(); }
};

/// The features of several clips, each [coefficients, frames], that somebody else holds.
using ClipFeatures = std::vector<const FloatArray*>;

/// Mean and population deviation over all frames of the clips at `items`, summed in double.
Normalisation fit_normalisation(const ClipFeatures& clips, std::span<const std::size_t> items);

/// Writes one clip as the network reads it into `out` (max_frames · coefficients values, time
/// first): normalised, cut at the end when longer, padded with zeros when shorter.
void prepare_mfcc(const FloatArray& clip, const Normalisation& normalisation,
                  std::size_t max_frames, std::span<float> out);

}  // namespace aver
