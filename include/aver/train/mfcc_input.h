#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "aver/base/files.h"
#include "aver/store/npy.h"

namespace aver {

/// Mean and deviation of each coefficient; empty = nothing is normalised.
struct Normalisation {
  std::vector<float> mean;
  std::vector<float> deviation;  ///< never 0: a coefficient that does not vary has 1
  bool empty() const { return mean.empty(); }
};

/// MFCCs of a clip as a stage wrote them, [coefficients, frames]. Throws Error naming the file when
/// it has another number of dimensions or coefficients (0 = any), no frame, or a value that is not
/// finite.
FloatArray read_mfcc(const fs::path& path, std::size_t coefficients);

/// Mean and population deviation over all frames of the clips at `items`, summed in double.
Normalisation fit_normalisation(const std::vector<FloatArray>& clips,
                                std::span<const std::size_t> items);

/// Writes one clip as the network reads it into `out` (max_frames · coefficients values, time
/// first): normalised, cut at the end when longer, padded with zeros when shorter.
void prepare_mfcc(const FloatArray& clip, const Normalisation& normalisation,
                  std::size_t max_frames, std::span<float> out);

}  // namespace aver
