#pragma once

#include <cstddef>
#include <vector>

namespace aver {

/// A dense float32 array in C order.
struct FloatArray {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

}  // namespace aver
