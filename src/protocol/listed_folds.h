#pragma once

#include <string>
#include <vector>

#include "protocol/split.h"

namespace aver {

/// Folds that somebody listed: fold k tests the items of `tested[k]`, the next list, cyclic,
/// validates where there are three and more, and all others train. Throws Error when nothing is
/// left to train on in a fold.
Split split_lists(const std::vector<SplitItem>& items,
                  const std::vector<std::vector<std::string>>& tested);

}  // namespace aver
