#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aver {

// Split-conformal prediction sets (Vovk et al. 2005; "least ambiguous" sets, Sadinle et al. 2019):
// the classes that one cannot rule out at an error rate of alpha, from what clips of known truth
// were given.

/// A clip of known truth: what its true class was given, and whose clip it is.
struct ConformalItem {
  double truth_probability = 0;
  std::size_t unit = 0;  ///< a person, or the clip itself
};

/// How many items a threshold needs at least, so that it rules out anything.
std::size_t fewest_conformal_items(double alpha);

/// What a class must be given to be in the set, so that the true one of a new clip is in it with
/// probability 1 - alpha: the ⌊alpha·(n + 1)⌋-th smallest of what the true classes of the n items
/// were given. 0, so that every class is in, with fewer than fewest_conformal_items(). Throws Error
/// unless alpha lies between 0 and 1.
double conformal_threshold(const std::vector<ConformalItem>& items, double alpha);

/// The threshold for each unit below `units` from the items of all others.
std::vector<double> thresholds_without_each_unit(const std::vector<ConformalItem>& items,
                                                 std::size_t units, double alpha);

/// The classes that are given the threshold or more, the likeliest first; that one is always in.
/// More than one: not sure.
std::vector<std::size_t> conformal_set(std::span<const double> probabilities, double threshold);

}  // namespace aver
