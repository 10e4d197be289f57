#pragma once

#include <cstddef>

namespace aver {

/// Address space that OpenBLAS takes for one buffer, and waits for without end when there is none:
/// Debian's build maps 128 MiB for every CPU when it is loaded, and one more for each product that
/// is computed at the same time.
inline constexpr std::size_t kBlasBuffer = std::size_t{128} << 20;

/// Makes OpenBLAS take the buffers of this many products at a time, after a look whether there is
/// room for them and for the rest of the work. Does nothing with another BLAS, and no more than
/// what is missing when it is called again. Throws Error that says the limit and what is needed.
void reserve_blas_buffers(std::size_t products);

}  // namespace aver
