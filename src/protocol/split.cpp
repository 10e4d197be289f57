#include "protocol/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "corpus/class_folders.h"

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

/// Gives ceil(share·n) of the n training rows to validation, stratified. Row i is item i's.
void draw_validation(Split& split, const std::vector<SplitItem>& items, double share,
                     std::uint64_t seed) {
  std::vector<std::size_t> pool;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (split.rows[i].role == Role::train) pool.push_back(i);
  }
  const std::size_t size = part_size(share, pool.size());
  require_size(size, pool.size(), "validation");
  const auto drawn = draw(items, pool, size, /*stratified=*/true, seed);
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (drawn[i]) split.rows[pool[i]].role = Role::validation;
  }
}

std::string required_value(const SplitItem& item, const std::string& column) {
  std::string value = item.value(column);
  if (!value.empty()) return value;
  std::vector<std::string> columns = {"label", "speaker"};
  for (const auto& [name, known] : item.attributes) columns.push_back(name);
  throw Error("{} has no {}: what is known of it is {}; see --protocol", item.item, column,
              fmt::join(columns, ", "));
}

}  // namespace

std::string SplitItem::value(const std::string& column) const {
  if (column == "label") return label;
  if (column == "speaker") return group;
  const auto found = attributes.find(column);
  return found == attributes.end() ? std::string() : found->second;
}

EqualSounds equal_sounds(const std::vector<SplitItem>& items) {
  std::map<std::string, std::vector<std::string>> by_sound;
  for (const SplitItem& item : items) {
    if (!item.sound.empty()) by_sound[item.sound].push_back(item.item);
  }
  EqualSounds equal;
  for (auto& [sound, clips] : by_sound) {
    if (clips.size() > 1) equal.push_back(std::move(clips));
  }
  std::sort(equal.begin(), equal.end());
  return equal;
}

std::vector<SplitItem> known_sounds(const Split& split, const EqualSounds& equal,
                                    const ClipTable& clips) {
  std::map<std::string, std::string> sounds;
  for (const auto& names : equal) {
    for (const auto& clip : names) sounds[clip] = names.front();
  }
  std::vector<SplitItem> items;
  for (const SplitRow& row : split.rows) {
    const auto found = sounds.find(row.item);
    if (found == sounds.end()) continue;
    const auto clip = clips.find(row.item);
    items.push_back({row.item, "", clip ? clips.speaker(*clip) : "", found->second});
  }
  return items;
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
  draw_validation(split, items, validation_share, derive_seed(seed, {kValidationDraw}));
  return split;
}

Split split_leave_one(const std::vector<SplitItem>& items, const std::string& column,
                      double validation_share, std::uint64_t seed) {
  std::set<std::string> found;
  for (const auto& item : items) found.insert(required_value(item, column));
  const std::vector<std::string> values(found.begin(), found.end());
  if (values.size() < 2) {
    throw Error("all clips have the {} {}: there is none to train on when it is tested", column,
                values.front());
  }
  Split split{"leave-one:" + column, seed, {}};
  for (std::size_t fold = 0; fold < values.size(); ++fold) {
    const std::string& next = values[(fold + 1) % values.size()];
    Split part;
    for (const auto& item : items) {
      const std::string value = item.value(column);
      const Role role = value == values[fold]                ? Role::test
                        : values.size() > 2 && value == next ? Role::validation
                                                             : Role::train;
      part.rows.push_back({static_cast<int>(fold), item.item, role});
    }
    if (values.size() == 2) {
      draw_validation(part, items, validation_share,
                      derive_seed(seed, {kValidationDraw, static_cast<std::uint64_t>(fold)}));
    }
    split.rows.insert(split.rows.end(), part.rows.begin(), part.rows.end());
  }
  return split;
}

Split split_given(const std::vector<SplitItem>& items) {
  Split split{"given", 0, {}};
  for (const SplitItem& item : items) {
    const std::string name = required_value(item, "part");
    const auto role = part_in_folder(name);
    if (!role)
      throw Error("{} is in a part '{}', which is no train, validation or test", item.item, name);
    split.rows.push_back({0, item.item, *role});
  }
  return split;
}

std::map<std::string, Role> roles_by_item(const Split& split) {
  std::map<std::string, Role> roles;
  for (const SplitRow& row : split.rows) roles[row.item] = row.role;
  return roles;
}

std::optional<Role> role_of(const std::map<std::string, Role>& roles, const std::string& item) {
  const auto found = roles.find(item);
  return found == roles.end() ? std::nullopt : std::optional(found->second);
}

Split fold_of(const Split& split, int fold) {
  Split one{split.protocol, split.seed, {}};
  std::copy_if(split.rows.begin(), split.rows.end(), std::back_inserter(one.rows),
               [&](const SplitRow& row) { return row.fold == fold; });
  return one;
}

int choose_fold(const Split& split, int asked, const fs::path& path) {
  const auto folds = split.folds();
  if (folds.empty()) throw Error("{} holds no rows: make it again with aver-split", path.string());
  const std::string name = path.empty() ? "the split of this run" : path.string();
  if (asked < 0) {
    if (folds.size() == 1) return folds.front();
    throw UsageError("{} has the folds {}: choose one with --folds K", name,
                     fmt::join(folds, ", "));
  }
  if (std::find(folds.begin(), folds.end(), asked) == folds.end()) {
    throw UsageError("--folds {}: {} has the folds {}", asked, name, fmt::join(folds, ", "));
  }
  return asked;
}

}  // namespace aver
