#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace aver {

/// How two distributions over the same classes become one. None of these is fitted to data.
enum class FusionRule {
  max_confidence,  ///< the distribution whose top probability is higher decides; a tie goes to
                   ///< audio
  mean,            ///< average of the two
  product,         ///< product of the two, normalised
};

/// "max-confidence", "mean" or "product", as on the command line.
std::string_view name_of(FusionRule rule);
/// Throws UsageError that names the rules there are.
FusionRule fusion_rule_from_name(std::string_view name);

/// Whose distribution a fused answer is.
enum class DecidedBy { audio, visual, both };
std::string_view name_of(DecidedBy decided);

struct Fused {
  std::vector<double> probabilities;
  DecidedBy decided_by = DecidedBy::both;
  bool fell_back = false;  ///< one modality was missing and the other one answered alone
};

/// Fuses two distributions, given in the same class order. An empty one is a missing modality: the
/// other one is the answer. Throws Error when both are missing or their sizes differ.
/// `product`: where the two leave no class possible together, their mean is taken.
Fused fuse(FusionRule rule, std::span<const double> audio, std::span<const double> visual);

}  // namespace aver
