#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aver {

/// A dense float32 array in C order. Most are matrices: [rows, columns].
struct FloatArray {
  std::vector<std::size_t> shape;
  std::vector<float> values;

  /// A matrix of zeros.
  static FloatArray matrix(std::size_t rows, std::size_t columns) {
    return {{rows, columns}, std::vector<float>(rows * columns)};
  }
  // Of a matrix:
  std::size_t rows() const { return shape[0]; }
  std::size_t columns() const { return shape[1]; }
  std::span<const float> row(std::size_t index) const {
    return std::span(values).subspan(index * columns(), columns());
  }
};

}  // namespace aver
