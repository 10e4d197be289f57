#pragma once

#include <cstddef>
#include <vector>

#include "base/files.h"
#include "eval/significance.h"
#include "store/predictions.h"

namespace aver {

/// The test rows of one or more runs, with the unit that a bootstrap draws of each.
struct TestedRows {
  Predictions rows;
  std::vector<std::size_t> units;
  bool speakers = true;  ///< the units are that, two or more, and not the rows
};

/// Those of a table in these folders that have a label. Throws Error as read_predictions().
TestedRows read_test_rows(const std::vector<fs::path>& folders,
                          const char* table = "predictions.csv");

/// What was right, for a bootstrap.
UnitOutcomes outcomes_of(const TestedRows& tested);

}  // namespace aver
