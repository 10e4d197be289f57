#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/split.h"

namespace aver {

/// The folds of a table that says how far models travel from one value of a column to the others,
/// such as from one corpus to another. Of N values in sorted order: fold k (0 … N - 1) trains on
/// value k and tests all others; then come, value by value, `groups` folds of its speakers (fewer
/// where it has fewer; none where it has fewer than three, or speakers are unknown), as
/// split_group() deals them; then, of three values and more, N folds that train on all but one and
/// test that. Where a whole value trains, the speakers that validate in the first of its own folds
/// validate; without such folds ceil(validation_share·clips), stratified by label. Throws Error
/// when an item has no value or there is only one.
Split split_cross(const std::vector<SplitItem>& items, const std::string& column, int groups,
                  double validation_share, std::uint64_t seed);

}  // namespace aver
