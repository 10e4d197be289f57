#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/system_pairs.h"
#include "fusion/scope.h"

namespace aver {

/// One line of a table of systems: a modality alone, a fusion rule, or some modalities fused.
struct SystemRow {
  std::string key;         ///< in files: "audio", the rule's name, "audio+visual"
  std::string words;       ///< for people: "audio", "maximum confidence", "audio + visual"
  bool alone = false;      ///< one modality
  std::size_t series = 0;  ///< of drawings
  bool scaled = false;     ///< with fitted temperatures
  SystemResult result;
  std::optional<MeanOfFolds> accuracy_of_folds, uar_of_folds;
  std::size_t folds = 0;  ///< of all clips

  /// "mean, temperatures"
  std::string title() const;
};

struct SystemTable {
  std::string scope;  ///< key of the scope whose clips these are
  std::string title;
  std::size_t clips = 0;
  std::vector<SystemRow> rows;
  /// Every pair of rows, but those that answer alike by construction: temperatures do not change
  /// what one modality answers.
  std::vector<SystemPair> pairs;
  std::size_t pair_clips = 0;
  std::string bootstrap;  ///< as in ScopeResult
};

/// Each modality alone and all rules, with and without temperatures, on these clips (those of one
/// scope); rules that could not be fitted are left out.
SystemTable compare_rules(const std::vector<FusionClip>& clips, const FusionFits& fits,
                          const std::vector<std::string>& modalities,
                          const std::vector<std::string>& classes, const BootstrapOptions& options);

/// The sets of modalities that a table of combinations shows: each alone, then two together, and so
/// on to all of them. Of more than five modalities only one, two, all but one and all.
std::vector<Modalities> combinations_of(std::size_t modalities);

/// These sets of modalities, each fused by one rule, on the same clips.
SystemTable compare_combinations(const std::vector<FusionClip>& clips, const FusionFits& fits,
                                 const FusionChoice& choice,
                                 const std::vector<Modalities>& combinations,
                                 const std::vector<std::string>& modalities,
                                 const std::vector<std::string>& classes,
                                 const BootstrapOptions& options);

/// The row of the modality with the highest accuracy alone; of equal ones, the first.
std::size_t best_modality(const SystemTable& systems);

}  // namespace aver
