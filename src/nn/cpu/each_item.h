#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace aver {

/// Items of one time step side by side, when there is enough of it to share.
template <typename Body>
void for_each_item(std::int64_t items, std::int64_t units, Body body) {
  const std::int64_t grain = std::max<std::int64_t>(1, 2048 / units);
  at::parallel_for(0, items, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t item = begin; item < end; ++item) body(item);
  });
}

}  // namespace aver
