#include "base/finite.h"

#include <algorithm>
#include <cmath>

#include "base/vector_clones.h"

namespace aver {
namespace {

// v − v is 0 unless v is not finite; without a branch the loop vectorises.
AVER_VECTOR_CLONES
bool all_finite(const float* values, std::size_t count) {
  int bad = 0;
  for (std::size_t i = 0; i < count; ++i) bad |= values[i] - values[i] == 0.0F ? 0 : 1;
  return bad == 0;
}

}  // namespace

std::optional<std::size_t> first_not_finite(std::span<const float> values) {
  if (all_finite(values.data(), values.size())) return std::nullopt;
  const auto bad = std::ranges::find_if_not(values, [](float x) { return std::isfinite(x); });
  return static_cast<std::size_t>(bad - values.begin());
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
}

}  // namespace aver
