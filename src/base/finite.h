#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace aver {

/// Index of the first value that is infinite or no number; nothing when all are finite.
std::optional<std::size_t> first_not_finite(std::span<const float> values);
/// Whether all values are finite numbers.
bool all_finite(std::span<const double> values);

}  // namespace aver
