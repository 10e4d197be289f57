#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "features/mfcc_input.h"

namespace aver {

class Options;
class Random;

/// A clip's features as a network reads them: [max_frames, coefficients], time first, of which the
/// first `frames` are the clip's own and the others zero.
struct Series {
  std::span<float> values;
  std::size_t frames = 0;
  std::size_t max_frames = 0;
  std::size_t coefficients = 0;
};

/// Random changes to a training clip's features, each off by default. Gain, noise and the warp of
/// bands are meant for mel levels in decibels (--features log-mel).
struct SeriesChanges {
  double tempo = 0;         ///< up to this share faster or slower
  double band_warp = 0;     ///< rows move up or down by up to this share, as another throat's would
  double gain_db = 0;       ///< up to this much louder or softer
  double noise_snr_db = 0;  ///< noise this far under the clip, or up to 20 dB further; 0 = none
  double jitter = 0;     ///< noise of this share of each feature's deviation over the training part
  double amplitude = 0;  ///< all features up to this share further from their mean, or nearer
  bool mirror = false;   ///< every other time, by `mirrored`
  std::vector<MirroredFeature> mirrored = {};  ///< where each feature of a mirrored clip comes from
  int time_shift = 0;         ///< begins up to so many frames earlier (they are cut) or later
  int time_masks = 0;         ///< SpecAugment's (Park et al. 2019): runs of frames that are blanked
  int time_mask_frames = 20;  ///< longest run
  int band_masks = 0;         ///< runs of rows that are blanked
  int band_mask_rows = 8;
  float blank = 0;  ///< what is blanked becomes this

  void describe(Options& options);
  /// What only features of people that were measured in pictures know.
  void describe_mirror(Options& options);
  bool any() const;
  /// Changes a clip in place and gives its number of frames.
  std::size_t apply(Series clip, const Normalisation& normalisation, Random& random) const;
};

}  // namespace aver
