#pragma once

#include <cstddef>
#include <vector>

#include "base/array.h"
#include "base/files.h"

namespace aver {

/// A file in NumPy's format 1.0 (`<f4`, C order), as `numpy.save` makes it.
std::vector<std::byte> encode_npy(const FloatArray& array);

/// Writes such a file.
void write_npy(const fs::path& path, const FloatArray& array);

/// Reads a `.npy` of little-endian numbers, whole ones too, in C order. Throws Error naming the
/// file and what is wrong with it (other type, Fortran order, truncated, not a .npy).
FloatArray read_npy(const fs::path& path);

}  // namespace aver
