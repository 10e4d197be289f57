#pragma once

#include <span>
#include <string>
#include <string_view>

#include "eval/fusion.h"

namespace aver {

/// One way to fuse. A new one is a file like weighted_rule.h with its row in fusion_rules.cpp: the
/// command lines, their help and errors, and the table of all rules read the rows.
struct FusionRule {
  std::string_view name;     ///< on command lines and in files
  std::string_view words;    ///< in tables for people
  std::string_view help;     ///< one clause for --help
  bool fitted = false;       ///< needs clips that it is not scored on
  bool one_decides = false;  ///< its answer is always that of one modality
  /// Answers with fitted temperatures, so a modality that is left alone does, too.
  bool calibrated = false;
  /// The fitted rule that takes its place where there are clips to fit it on; "" = none.
  std::string_view fitted_form = {};
  /// Makes it ready. A fitted one takes the clips that lack no modality; the others look at none.
  ReadyRule (*make)(const std::vector<FusionFitClip>& clips, std::size_t classes) = nullptr;
  /// Makes a fitted one ready again from ReadyRule::parameters. Throws Error for another number of
  /// them. Null for the others.
  ReadyRule (*restore)(const std::vector<double>& parameters, std::size_t modalities,
                       std::size_t classes) = nullptr;
};

/// All of them, in the order of the tables.
std::span<const FusionRule> fusion_rules();

/// Throws UsageError that names those there are.
const FusionRule& fusion_rule(std::string_view name);

/// A rule that is not fitted, ready for any number of modalities. Throws Error for one that is.
ReadyRule ready_rule(const FusionRule& rule);

/// "max-confidence (…), mean (…) or product (…)": names and help for --help; with `fitted` also of
/// those that are fitted.
std::string fusion_rules_help(bool fitted);

/// "max-confidence, mean or product": those that need no fitting.
std::string unfitted_rule_names();

}  // namespace aver
