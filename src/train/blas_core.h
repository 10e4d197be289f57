#pragma once

#include <string>

namespace aver {

/// The CPU that the loaded OpenBLAS computes for, in its words ("SkylakeX", "Zen"), or "".
std::string blas_core();

/// OpenBLAS takes a CPU that is newer than itself for one of 2004, and products then take a third
/// longer. Where that has happened, this makes it choose again, with OPENBLAS_CORETYPE set to what
/// the CPU can do; where the user set that variable, his choice stands. To be called before any
/// product is computed.
void have_blas_know_this_cpu();

}  // namespace aver
