#include "protocol/untrained.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "corpus/emotions.h"

namespace aver {

UntrainedClasses untrained_classes(
    const Split& split, const std::function<std::string(const std::string& item)>& label_of) {
  struct Classes {
    std::set<std::string> trained, tested;
  };
  std::map<int, Classes> folds;
  for (const SplitRow& row : split.rows) {
    if (row.role == Role::validation) continue;
    const std::string label = label_of(row.item);
    if (label.empty()) continue;
    Classes& fold = folds[row.fold];
    (row.role == Role::train ? fold.trained : fold.tested).insert(label);
  }
  UntrainedClasses result;
  for (const auto& [fold, classes] : folds) {
    std::vector<std::string> missing;
    std::ranges::set_difference(classes.tested, classes.trained, std::back_inserter(missing));
    // A part of a split that trains on nothing known is a list of test clips.
    if (!missing.empty() && !classes.trained.empty()) result[fold] = in_class_order(missing);
  }
  return result;
}

std::string untrained_sentence(const UntrainedClasses& classes, bool several_folds) {
  if (classes.empty()) return {};
  constexpr std::size_t kListed = 5;
  std::vector<std::string> parts;
  for (const auto& [fold, names] : classes) {
    if (parts.size() == kListed) {
      parts.push_back(fmt::format("{} more folds", classes.size() - kListed));
      break;
    }
    parts.push_back(fmt::format("{}", fmt::join(names, ", ")));
    if (several_folds) parts.back() += fmt::format(" (fold {})", fold);
  }
  return fmt::format("Tested and never trained on: {}. A model can only be wrong about them.",
                     fmt::join(parts, "; "));
}

}  // namespace aver
