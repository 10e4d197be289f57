#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/conformal.h"
#include "fusion/scope.h"

namespace aver {

/// The set of classes that one clip's fused answer leaves possible.
struct ClipSet {
  const FusedClip* clip = nullptr;
  double threshold = 0;              ///< from the clips of all other people
  std::vector<std::size_t> classes;  ///< the likeliest first; more than one: not sure
  bool sure() const { return classes.size() == 1; }
  bool holds_truth() const;
};

/// A share or a mean over clips, with its 95 % interval when intervals were asked for.
struct SetFigure {
  double value = 0;
  std::optional<Interval> interval;
};

/// Split-conformal sets of the fused answers, each person's by a threshold from the others.
struct PredictionSets {
  double alpha = .1;
  double threshold = 0;  ///< for people who were not met, from all clips
  std::string left_out;  ///< what each threshold had not seen: "each of 24 actors"
  std::string caution;   ///< sentences on what too few people or clips cannot promise, or ""
  std::vector<ClipSet> clips;
  SetFigure coverage;  ///< share of the sets that hold the true class
  SetFigure mean_size;
  SetFigure not_sure;         ///< share of the sets of more than one class
  SetFigure right_when_sure;  ///< share of right answers among the sets of one class
  std::size_t sure = 0;       ///< sets of one class
};

/// Of clips that no model trained on. `clips` must outlive the result. Throws Error when some model
/// trained on, or was validated by, some of them: it is surer of those than of new ones.
PredictionSets prediction_sets(const std::vector<FusedClip>& clips, double alpha,
                               const BootstrapOptions& bootstrap);

}  // namespace aver
