#include "protocol/listed_folds.h"

#include <set>

#include "base/error.h"

namespace aver {

Split split_lists(const std::vector<SplitItem>& items,
                  const std::vector<std::vector<std::string>>& tested) {
  std::vector<std::set<std::string>> lists;
  for (const auto& names : tested) lists.emplace_back(names.begin(), names.end());
  Split split{"lists", 0, {}};
  for (std::size_t fold = 0; fold < lists.size(); ++fold) {
    const auto& next = lists[(fold + 1) % lists.size()];
    bool trains = false;
    for (const SplitItem& item : items) {
      const Role role = lists[fold].contains(item.item)                ? Role::test
                        : lists.size() > 2 && next.contains(item.item) ? Role::validation
                                                                       : Role::train;
      trains = trains || role == Role::train;
      split.rows.push_back({static_cast<int>(fold), item.item, role});
    }
    if (!trains) throw Error("list {} leaves no clip to train on", fold + 1);
  }
  return split;
}

}  // namespace aver
