#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fusion/scope.h"

namespace aver {

/// One line of the table of all systems: a modality alone, or a fusion rule.
struct RuleRow {
  std::string key;      ///< "audio", "visual" or the rule's name
  bool scaled = false;  ///< with fitted temperatures
  SystemResult result;
  std::optional<MeanOfFolds> accuracy_of_folds, uar_of_folds;
};

/// Two rows of the table on the clips that have both modalities.
struct RulePair {
  std::size_t one = 0, other = 0;            ///< rows
  std::size_t only_one = 0, only_other = 0;  ///< clips that only this one got right
  double mcnemar_p = 1;                      ///< exact, two-sided
  double accuracy = 0, uar = 0;              ///< of one minus other
  std::optional<PairedDifference> accuracy_difference, uar_difference;  ///< with a bootstrap
};

struct RuleTable {
  std::string scope;  ///< key of the scope whose clips these are
  std::string title;
  std::size_t clips = 0;
  std::vector<RuleRow> rows;
  /// Every pair of rows, but those that answer alike by construction: temperatures do not change
  /// what one modality answers.
  std::vector<RulePair> pairs;
  std::size_t pair_clips = 0;
  std::string bootstrap;  ///< as in ScopeResult
};

/// All rules, with and without temperatures, on these clips (those of one scope); rules that could
/// not be fitted are left out.
RuleTable compare_rules(const std::vector<FusionClip>& clips, const FusionFits& fits,
                        const std::vector<std::string>& classes, const BootstrapOptions& options);

/// "sound", "picture", "maximum confidence", "mean"…
std::string words_of(const std::string& key);
/// "mean, temperatures"
std::string words_of(const RuleRow& row);

/// The pair of these rows, as one minus other; nothing when they are not compared.
std::optional<RulePair> pair_of(const RuleTable& rules, std::size_t one, std::size_t other);

/// The row of the modality with the higher accuracy; of two equal ones, sound's.
std::size_t better_modality(const RuleTable& rules);

}  // namespace aver
