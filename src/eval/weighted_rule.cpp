#include "eval/weighted_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "eval/calibration.h"
#include "eval/confusion.h"

namespace aver {
namespace {

/// Steps from 0 to 1: each grid has some thousand points or fewer.
int steps_for(std::size_t modalities) {
  static constexpr std::array kSteps = {1, 1, 100, 50, 20, 10};
  return modalities < kSteps.size() ? kSteps[modalities] : 5;
}

/// All weights on the grid, those of the first modality rising slowest; the last one gets the rest.
class WeightGrid {
 public:
  explicit WeightGrid(std::size_t modalities)
      : steps_(steps_for(modalities)), shares_(modalities - 1) {}

  std::vector<double> weights() const {
    std::vector<double> result;
    double rest = 1;
    for (const int share : shares_) {
      result.push_back(static_cast<double>(share) / steps_);
      rest -= result.back();
    }
    result.push_back(used() == steps_ ? 0 : rest);
    return result;
  }

  /// False behind the last one.
  bool advance() {
    for (std::size_t i = shares_.size(); i-- > 0;) {
      ++shares_[i];
      if (used() <= steps_) return true;
      shares_[i] = 0;
    }
    return false;
  }

 private:
  int used() const { return std::accumulate(shares_.begin(), shares_.end(), 0); }

  int steps_;
  std::vector<int> shares_;
};

}  // namespace

std::vector<double> fit_weights(const std::vector<FusionFitClip>& clips) {
  const auto whole = complete_clips(clips);
  if (whole.empty()) throw Error("weights cannot be fitted: no clip has all modalities");
  std::vector<double> best;
  std::vector<double> fused(whole.front().answers.front().size());  // one for all clips and weights
  std::pair<std::size_t, double> best_result = {0, -std::numeric_limits<double>::infinity()};
  WeightGrid grid(whole.front().answers.size());
  do {
    auto weights = grid.weights();
    std::pair<std::size_t, double> result = {0, 0.0};  // right answers, log likelihood
    for (const FusionFitClip& clip : whole) {
      weighted_average(clip.answers, weights, fused);
      result.first += argmax(fused) == clip.truth ? 1 : 0;
      result.second += std::log(std::max(fused[clip.truth], kProbabilityFloor));
    }
    if (result > best_result) {
      best = std::move(weights);
      best_result = result;
    }
  } while (grid.advance());
  return best;
}

ReadyRule make_weighted(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  const std::size_t modalities = clips.empty() ? 0 : clips.front().answers.size();
  return restore_weighted(fit_weights(clips), modalities, classes);
}

ReadyRule restore_weighted(const std::vector<double>& weights, std::size_t modalities,
                           std::size_t /*classes*/) {
  if (weights.size() != modalities) {
    throw Error("the weighted rule of {} modalities has as many weights, not {}", modalities,
                weights.size());
  }
  const bool negative = std::any_of(weights.begin(), weights.end(), [](double w) { return w < 0; });
  if (negative || std::abs(std::accumulate(weights.begin(), weights.end(), 0.0) - 1) > 1e-6) {
    throw Error("weights are 0 or more and 1 in all, not {}", fmt::join(weights, ", "));
  }
  const auto fuse = [weights](const ModalityDistributions& answers) {
    if (answers.size() != weights.size()) {
      throw Error("{} weights were fitted, and {} modalities are there", weights.size(),
                  answers.size());
    }
    Fused fused{std::vector<double>(answers.front().size()), std::nullopt, false};
    weighted_average(answers, weights, fused.probabilities);
    return fused;
  };
  return {fuse, weights, weights};
}

}  // namespace aver
