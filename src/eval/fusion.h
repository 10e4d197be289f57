#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "eval/logistic_regression.h"

namespace aver {

/// How two distributions over the same classes become one.
enum class FusionRule {
  max_confidence,  ///< the distribution whose top probability is higher decides; a tie goes to
                   ///< audio
  mean,            ///< average of the two
  product,         ///< product of the two, normalised
  weighted,        ///< weighted average of the two; the weight is fitted
  stacked,         ///< logistic regression on both; its coefficients are fitted
};
inline constexpr std::array kFusionRules = {FusionRule::max_confidence, FusionRule::mean,
                                            FusionRule::product, FusionRule::weighted,
                                            FusionRule::stacked};

/// True for rules that need FusionParameters from clips they are not scored on.
bool is_fitted(FusionRule rule);

/// "max-confidence", "mean", "product", "weighted" or "stacked", as on the command line.
std::string_view name_of(FusionRule rule);
/// Throws UsageError that names the rules there are.
FusionRule fusion_rule_from_name(std::string_view name);

/// Whose distribution a fused answer is.
enum class DecidedBy { audio, visual, both };
std::string_view name_of(DecidedBy decided);

/// What the fitted rules need; the others do not look at it.
struct FusionParameters {
  double audio_weight = 0.5;   ///< weighted: 0 … 1, the picture gets the rest
  LogisticRegression stacked;  ///< stacked: of stacking_features()
};

/// audio_weight · audio + (1 - audio_weight) · visual, class by class, into `average`, which is of
/// their size.
void weighted_average(std::span<const double> audio, std::span<const double> visual,
                      double audio_weight, std::span<double> average);

/// Features of one clip for `stacked`: the probabilities of the sound, then those of the picture.
std::vector<double> stacking_features(std::span<const double> audio,
                                      std::span<const double> visual);

struct Fused {
  std::vector<double> probabilities;
  DecidedBy decided_by = DecidedBy::both;
  bool fell_back = false;  ///< one modality was missing and the other one answered alone
};

/// Fuses two distributions, given in the same class order. An empty one is a missing modality: the
/// other one is the answer. Throws Error when both are missing or their sizes differ.
/// `product`: where the two leave no class possible together, their mean is taken.
Fused fuse(FusionRule rule, std::span<const double> audio, std::span<const double> visual,
           const FusionParameters& parameters = {});

}  // namespace aver
