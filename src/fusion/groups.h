#pragma once

#include <string>
#include <vector>

#include "fusion/scope.h"

namespace aver {

/// The systems on the clips of one actor, gender, intensity or statement.
struct GroupRow {
  std::string kind;                   ///< "actor", "gender", "intensity" or "statement"
  std::string value;                  ///< "05", "female", "strong", "kids"
  std::vector<SystemResult> systems;  ///< as in ScopeResult, without intervals
};

/// Groups by every kind, in this order; RAVDESS's names say which group a clip is in. Clips with
/// other names are in none.
std::vector<GroupRow> group_rows(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes);

}  // namespace aver
