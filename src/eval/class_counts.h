#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// What a system says of a clip whose truth and person are known.
struct PersonAnswer {
  std::span<const double> probabilities;
  std::size_t truth = 0;
  std::size_t person = 0;
};

/// How a system's answers betray that it knew how often each person shows each class.
enum class KnownCounts {
  none,
  answers,  ///< of each person every class is answered exactly as often as it is true
  sums,     ///< of each person the probabilities of every class sum to how often it is true
};

/// Whether a system seems to have been given the class counts of the tested people, as rules do
/// that assign answers or balance probabilities (Sinkhorn, prior matching) within one person's
/// clips. A corpus in which every actor records each emotion equally often makes that a large gain,
/// and nobody outside of it has such counts. Both signs are looked for, and both must be so exact
/// that chance alone would show them less than once in ten thousand systems; answers without
/// errors, and people of whom there is one clip or one class, tell nothing.
KnownCounts known_class_counts(const std::vector<PersonAnswer>& answers, std::size_t classes);

/// "the class counts of each person seem to have been known: …", or "".
std::string known_counts_words(KnownCounts found);

}  // namespace aver
