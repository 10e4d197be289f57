#pragma once

#include <string>
#include <vector>

#include "fusion/scope.h"

namespace aver {

/// The systems on the clips of one speaker, or of one value of a column that the clips' corpus
/// breaks tables down by.
struct GroupRow {
  std::string kind;                   ///< "actor", "gender", "intensity"…
  std::string value;                  ///< "05", "female", "strong"…
  bool person = false;                ///< the clips of one speaker
  std::string note;                   ///< what the corpus says of its speakers; "" = nothing
  std::vector<SystemResult> systems;  ///< as in ScopeResult, without intervals
};

/// By speaker, then by every kind that the corpora of the clips list. Clips of which nothing is
/// known are in none.
std::vector<GroupRow> group_rows(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes);

}  // namespace aver
