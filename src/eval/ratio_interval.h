#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "eval/significance.h"

namespace aver {

/// The 95 % interval of the sum of `above` over the sum of `below`, of units drawn as bootstrap()
/// draws them. Throws Error unless both have a value for each unit and `below` has one above 0.
Interval ratio_interval(const std::vector<double>& above, const std::vector<double>& below,
                        std::size_t draws, std::uint64_t seed);

}  // namespace aver
