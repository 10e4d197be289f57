#pragma once

#include <cstddef>
#include <vector>

#include "aver/base/files.h"

namespace aver {

/// A dense float32 array in C order.
struct FloatArray {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

/// A file in NumPy's format 1.0 (`<f4`, C order), as `numpy.save` makes it.
std::vector<std::byte> encode_npy(const FloatArray& array);

/// Writes such a file.
void write_npy(const fs::path& path, const FloatArray& array);

/// Reads a `.npy` of little-endian float32 or float64 in C order. Throws Error naming the file and
/// what is wrong with it (other type, Fortran order, truncated, not a .npy).
FloatArray read_npy(const fs::path& path);

}  // namespace aver
