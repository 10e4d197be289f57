#pragma once

#include <vector>

namespace aver {

/// Solves A·x = b for a symmetric positive definite A (row-major, lower triangle, overwritten) by
/// Cholesky's factorisation.
std::vector<double> solve_positive_definite(std::vector<double>& a, std::vector<double> b);

}  // namespace aver
