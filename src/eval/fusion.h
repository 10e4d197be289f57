#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace aver {

/// What the models of several modalities say of one clip: a distribution of each, over the same
/// classes, in the order of the modalities. An empty one is a missing modality.
using ModalityDistributions = std::vector<std::span<const double>>;

/// True when no modality is missing.
bool complete(const ModalityDistributions& answers);

struct Fused {
  std::vector<double> probabilities;
  /// The modality whose distribution this is; nothing when it is made of several.
  std::optional<std::size_t> decided_by;
  bool fell_back = false;  ///< a modality was missing and the others answered without it
};

/// A fusion rule, ready for a number of modalities.
struct ReadyRule {
  /// Fuses two distributions or more, none of them missing and all of one size.
  std::function<Fused(const ModalityDistributions&)> fuse;
  /// Share of each modality, 1 in all; empty when the rule has no such shares.
  std::vector<double> weights;
  /// The numbers that were fitted, from which FusionRule::restore makes it again; empty where
  /// nothing was.
  std::vector<double> parameters;
};

/// A clip that a rule is fitted on.
struct FusionFitClip {
  ModalityDistributions answers;
  std::size_t truth = 0;
  std::size_t group =
      0;  ///< clips of one person have one: what is chosen inside leaves it out whole
};

/// Those that lack no modality.
std::vector<FusionFitClip> complete_clips(const std::vector<FusionFitClip>& clips);

/// Fuses what is there: a missing modality is passed over, and one that is left alone is the
/// answer. A rule that was fitted must have been fitted to the modalities that are there. Throws
/// Error when all are missing or their sizes differ.
Fused fuse(const ReadyRule& rule, const ModalityDistributions& answers);

/// Σ weight · distribution, class by class, into `average`, which is of their size.
void weighted_average(const ModalityDistributions& answers, std::span<const double> weights,
                      std::span<double> average);

}  // namespace aver
