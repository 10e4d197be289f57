#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "protocol/split.h"

namespace aver {

/// By fold the classes that are tested and that nothing of the fold trains: a model can only be
/// wrong about them.
using UntrainedClasses = std::map<int, std::vector<std::string>>;

/// `label_of` gives the class of an item; "" for one of which nothing is known.
UntrainedClasses untrained_classes(
    const Split& split, const std::function<std::string(const std::string& item)>& label_of);

/// "Tested and never trained on: sad, angry (fold 0); happy (fold 2): a model can only be wrong
/// about them."; "" when there are none. The fold is said where a split has several.
std::string untrained_sentence(const UntrainedClasses& classes, bool several_folds);

}  // namespace aver
