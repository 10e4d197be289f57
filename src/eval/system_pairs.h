#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "eval/significance.h"

namespace aver {

/// What a system answers to each item, as class indices; nothing where it does not.
using ItemAnswers = std::vector<std::optional<std::size_t>>;

/// Two systems on the items that all of them answer.
struct SystemPair {
  std::size_t one = 0, other = 0;            ///< positions of the systems
  std::size_t only_one = 0, only_other = 0;  ///< items that only this one got right
  double mcnemar_p = 1;                      ///< exact, two-sided
  double accuracy = 0, uar = 0;              ///< of one minus other
  std::optional<PairedDifference> accuracy_difference, uar_difference;  ///< with a bootstrap
};

/// Each two of the systems at `positions`, the later one first, over the items marked in `taken`,
/// which all systems must have answered.
std::vector<SystemPair> compare_systems(const std::vector<ItemAnswers>& systems,
                                        const std::vector<std::size_t>& positions,
                                        const std::vector<std::size_t>& truths,
                                        const std::vector<bool>& taken,
                                        const std::vector<std::string>& classes);

/// Adds the intervals and p values of paired differences; `draws` are those of all systems.
void add_differences(std::vector<SystemPair>& pairs, const std::vector<BootstrapDraws>& draws,
                     std::size_t workers);

/// The pair of these two, as one minus other; nothing when they were not compared.
std::optional<SystemPair> find_pair(const std::vector<SystemPair>& pairs, std::size_t one,
                                    std::size_t other);

/// What a system got right, unit by unit, of the items marked in `taken` that it answers.
UnitOutcomes outcomes_of(const ItemAnswers& answers, const std::vector<std::size_t>& truths,
                         const std::vector<std::size_t>& unit_of_item, std::size_t units,
                         const std::vector<bool>& taken, std::size_t classes);

}  // namespace aver
