#include "aver/protocol/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "aver/base/error.h"
#include "aver/base/random.h"
#include "aver/base/text.h"

namespace aver {
namespace {

// Sub-seeds, so that the validation draw does not repeat the test draw.
constexpr std::uint64_t kTestDraw = 1;
constexpr std::uint64_t kValidationDraw = 2;

/// scikit-learn's train_test_split rounds the test part up. The small step back keeps a share such
/// as .15 · 20 = 3.0000000000000004 from counting as four.
std::size_t part_size(double share, std::size_t count) {
  return static_cast<std::size_t>(std::ceil(share * static_cast<double>(count) - 1e-9));
}

void require_size(std::size_t part, std::size_t count, const char* name) {
  if (part == 0 || part >= count) {
    throw Error("{} items are too few: the {} part would have {} of them", count, name, part);
  }
}

/// Draws `size` of the given items, by label when stratified; returns a mask over `pool`.
std::vector<bool> draw(const std::vector<SplitItem>& items, const std::vector<std::size_t>& pool,
                       std::size_t size, bool stratified, std::uint64_t seed) {
  Random random(seed);
  std::vector<bool> drawn(pool.size(), false);
  if (!stratified) {
    const auto order = random.permutation(pool.size());
    for (std::size_t i = 0; i < size; ++i) drawn[order[i]] = true;
    return drawn;
  }
  std::map<std::string, std::vector<std::size_t>> by_label;
  for (std::size_t i = 0; i < pool.size(); ++i) by_label[items[pool[i]].label].push_back(i);
  std::vector<std::size_t> counts;
  for (const auto& [label, members] : by_label) counts.push_back(members.size());
  const auto sizes = stratified_sizes(counts, size);
  std::size_t next = 0;
  for (auto& [label, members] : by_label) {
    random.shuffle(std::span(members));
    for (std::size_t i = 0; i < sizes[next]; ++i) drawn[members[i]] = true;
    ++next;
  }
  return drawn;
}

/// Rows of one fold from a role per group: test and validation as given, the rest trains.
void add_group_fold(Split& split, int fold, const std::vector<SplitItem>& items,
                    const std::set<std::string>& test, const std::set<std::string>& validation) {
  for (const auto& item : items) {
    const Role role = test.contains(item.group)         ? Role::test
                      : validation.contains(item.group) ? Role::validation
                                                        : Role::train;
    split.rows.push_back({fold, item.item, role});
  }
}

std::set<std::string> groups_of(const std::vector<SplitItem>& items) {
  std::set<std::string> groups;
  for (const auto& item : items) {
    if (item.group.empty()) {
      throw Error("{} has no actor or subject; --group-pattern says how to find it in the name",
                  item.item);
    }
    groups.insert(item.group);
  }
  return groups;
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::train:
      return "train";
    case Role::validation:
      return "validation";
    default:
      return "test";
  }
}

std::vector<int> Split::folds() const {
  std::set<int> folds;
  for (const auto& row : rows) folds.insert(row.fold);
  return {folds.begin(), folds.end()};
}

std::vector<std::string> Split::items(int fold, Role role) const {
  std::vector<std::string> found;
  for (const auto& row : rows) {
    if (row.fold == fold && row.role == role) found.push_back(row.item);
  }
  return found;
}

std::vector<std::size_t> stratified_sizes(const std::vector<std::size_t>& counts,
                                          std::size_t size) {
  const auto total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  std::vector<std::size_t> sizes(counts.size());
  std::vector<std::pair<std::size_t, std::size_t>> remainders;  // of counts·size / total
  std::size_t given = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sizes[i] = counts[i] * size / total;
    remainders.push_back({counts[i] * size % total, i});
    given += sizes[i];
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; given < size; ++i, ++given) ++sizes[remainders[i].second];
  return sizes;
}

Split split_paper(const std::vector<SplitItem>& items, double test_share, bool stratified,
                  std::uint64_t seed) {
  const std::size_t size = part_size(test_share, items.size());
  require_size(size, items.size(), "test");
  std::vector<std::size_t> pool(items.size());
  std::iota(pool.begin(), pool.end(), std::size_t{0});
  const auto test = draw(items, pool, size, stratified, derive_seed(seed, {kTestDraw}));
  Split split{"paper", seed, {}};
  for (std::size_t i = 0; i < items.size(); ++i) {
    split.rows.push_back({0, items[i].item, test[i] ? Role::test : Role::train});
  }
  return split;
}

Split split_clip(const std::vector<SplitItem>& items, double test_share, double validation_share,
                 std::uint64_t seed) {
  Split split = split_paper(items, test_share, /*stratified=*/true, seed);
  split.protocol = "clip";
  std::vector<std::size_t> pool;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (split.rows[i].role == Role::train) pool.push_back(i);
  }
  const std::size_t size = part_size(validation_share, pool.size());
  require_size(size, pool.size(), "validation");
  const auto validation = draw(items, pool, size, true, derive_seed(seed, {kValidationDraw}));
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (validation[i]) split.rows[pool[i]].role = Role::validation;
  }
  return split;
}

Split split_actor5(const std::vector<SplitItem>& items, std::vector<int>* skipped) {
  // Luna-Jiménez et al. 2022, doi 10.3390/app12010327
  static const std::array<std::set<std::string>, 5> kFolds = {{{"02", "05", "14", "15", "16"},
                                                               {"03", "06", "07", "13", "18"},
                                                               {"10", "11", "12", "19", "20"},
                                                               {"08", "17", "21", "23", "24"},
                                                               {"01", "04", "09", "22"}}};
  // Whom no fold tests would train in every fold, and no table would show it.
  auto strangers = groups_of(items);
  for (const auto& fold : kFolds) {
    for (const auto& actor : fold) strangers.erase(actor);
  }
  if (!strangers.empty()) {
    throw Error(
        "actor-5 has no fold for {}: its published folds are of RAVDESS's actors 01 to 24; "
        "group-K deals any",
        fmt::join(strangers, ", "));
  }
  Split split{"actor-5", 0, {}};
  const auto members = [&](const std::set<std::string>& actors) {
    return std::count_if(items.begin(), items.end(),
                         [&](const SplitItem& item) { return actors.contains(item.group); });
  };
  for (std::size_t fold = 0; fold < kFolds.size(); ++fold) {
    if (members(kFolds[fold]) == 0) {
      if (skipped != nullptr) skipped->push_back(static_cast<int>(fold));
      continue;
    }
    // The next fold that has clips: an empty validation part could not steer the training.
    std::size_t next = (fold + 1) % kFolds.size();
    while (members(kFolds[next]) == 0) next = (next + 1) % kFolds.size();
    if (next == fold) throw Error("actor-5 needs clips of actors from at least two of its folds");
    add_group_fold(split, static_cast<int>(fold), items, kFolds[fold], kFolds[next]);
  }
  return split;
}

Split split_group(const std::vector<SplitItem>& items, int folds) {
  if (folds < 2) throw UsageError("group-{} makes no sense: at least two folds are needed", folds);
  const auto groups = groups_of(items);
  if (groups.size() < static_cast<std::size_t>(folds)) {
    throw Error("group-{} needs at least {} actors or subjects, found {}", folds, folds,
                groups.size());
  }
  std::vector<std::set<std::string>> dealt(static_cast<std::size_t>(folds));
  std::size_t next = 0;
  for (const auto& group : groups) dealt[next++ % dealt.size()].insert(group);
  Split split{fmt::format("group-{}", folds), 0, {}};
  for (std::size_t fold = 0; fold < dealt.size(); ++fold) {
    // With two folds the other fold is all there is to train on: no validation part.
    const auto validation = folds == 2 ? std::set<std::string>{} : dealt[(fold + 1) % dealt.size()];
    add_group_fold(split, static_cast<int>(fold), items, dealt[fold], validation);
  }
  return split;
}

}  // namespace aver
