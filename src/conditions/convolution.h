#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aver {

/// A sound through a filter: Σ filter[k] · sound[n + delay - k] for each n of the sound, which is
/// taken as silent outside. Neither may be empty.
std::vector<float> convolved(std::span<const float> sound, std::span<const float> filter,
                             std::size_t delay = 0);

}  // namespace aver
