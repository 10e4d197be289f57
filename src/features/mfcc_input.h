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
  /// As how many clips of a person the training part's mean counts where a person's own is
  /// estimated, for each coefficient; empty unless training speakers were centred. See
  /// clips_worth_of_prior().
  std::vector<float> prior_clips = {};
  bool empty() const { return mean.empty(); }
};

/// Where a feature of a mirrored clip comes from.
struct MirroredFeature {
  std::size_t source = 0;
  float sign = 1;
};

/// The features of several clips, each [coefficients, frames], that somebody else holds.
using ClipFeatures = std::vector<const FloatArray*>;

/// Mean and population deviation over all frames of the clips at `items`, summed in double. NaN is
/// what is not there, and counts nowhere.
Normalisation fit_normalisation(const ClipFeatures& clips, std::span<const std::size_t> items);

/// Writes one clip as the network reads it into `out` (max_frames · coefficients values, time
/// first): normalised, cut at the end when longer, padded with zeros when shorter. What is not
/// there (NaN) is zero, too: the mean.
void prepare_mfcc(const FloatArray& clip, const Normalisation& normalisation,
                  std::size_t max_frames, std::span<float> out);

/// Mean of each coefficient over all frames of some clips: of one speaker's clips, what these have
/// in common beyond what is said and how.
std::vector<float> mean_over(const ClipFeatures& clips, std::span<const std::size_t> items);

/// Variance of a speaker's clips around their mean over that of speakers around theirs, for each
/// coefficient: the mean of n clips of somebody new, drawn n / (n + this) of the way from the mean
/// of all, is the best guess at the mean of all that person's clips. `speakers`: the clips of each.
std::vector<float> clips_worth_of_prior(const ClipFeatures& clips,
                                        const std::vector<std::vector<std::size_t>>& speakers);

/// Moves each coefficient of a clip by the way from one mean to the other.
void move_mean(FloatArray& clip, std::span<const float> from, std::span<const float> to);

}  // namespace aver
