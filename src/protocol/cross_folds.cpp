#include "protocol/cross_folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "protocol/actor_folds.h"

namespace aver {
namespace {

/// The clips of one value of the column.
struct Home {
  std::vector<SplitItem> items;
  Split within;  ///< folds of its speakers; none where they cannot be kept apart
  std::map<std::string, Role> training;  ///< of its items, where all of them train
};

Split folds_within(const std::vector<SplitItem>& items, int groups) {
  std::set<std::string> speakers;
  for (const SplitItem& item : items) speakers.insert(item.group);
  constexpr std::size_t kFewest = 3;  // one to train, to validate and to test
  if (speakers.contains("") || speakers.size() < kFewest) return {};
  return split_group(items, std::min(groups, static_cast<int>(speakers.size())));
}

std::map<std::string, Role> training_roles(const Home& home, double validation_share,
                                           std::uint64_t seed) {
  std::map<std::string, Role> roles;
  if (!home.within.rows.empty()) {
    for (const SplitRow& row : fold_of(home.within, home.within.folds().front()).rows) {
      roles[row.item] = row.role == Role::validation ? Role::validation : Role::train;
    }
    return roles;
  }
  // The part that is drawn to test validates here.
  for (const SplitRow& row :
       split_paper(home.items, validation_share, /*stratified=*/true, seed).rows) {
    roles[row.item] = row.role == Role::train ? Role::train : Role::validation;
  }
  return roles;
}

/// Adds the fold in which these values train and all others, or `tested` alone, are tested.
void add_fold(Split& split, int fold, const std::map<std::string, Home>& homes,
              const std::set<std::string>& training) {
  for (const auto& [value, home] : homes) {
    for (const SplitItem& item : home.items) {
      const Role role = training.contains(value) ? home.training.at(item.item) : Role::test;
      split.rows.push_back({fold, item.item, role});
    }
  }
}

}  // namespace

Split split_cross(const std::vector<SplitItem>& items, const std::string& column, int groups,
                  double validation_share, std::uint64_t seed) {
  std::map<std::string, Home> homes;
  for (const SplitItem& item : items) {
    const std::string value = item.value(column);
    if (value.empty()) {
      throw Error("{} has no {}, which this protocol goes by", item.item, column);
    }
    homes[value].items.push_back(item);
  }
  if (homes.size() < 2) {
    throw Error("all clips have the {} {}: there is no other to test on", column,
                homes.begin()->first);
  }
  std::uint64_t number = 0;
  for (auto& [value, home] : homes) {
    home.within = folds_within(home.items, groups);
    home.training = training_roles(home, validation_share, derive_seed(seed, {number++}));
  }
  Split split{fmt::format("cross-{}:{}", groups, column), seed, {}};
  int fold = 0;
  for (const auto& [value, home] : homes) add_fold(split, fold++, homes, {value});
  for (const auto& [value, home] : homes) {
    for (const int own : home.within.folds()) {
      for (const SplitRow& row : fold_of(home.within, own).rows) {
        split.rows.push_back({fold, row.item, row.role});
      }
      ++fold;
    }
  }
  for (const auto& [value, home] : homes) {
    if (homes.size() == 2) break;  // all but one is the other one, which is there
    std::set<std::string> others;
    for (const auto& [other, unused] : homes) {
      if (other != value) others.insert(other);
    }
    add_fold(split, fold++, homes, others);
  }
  return split;
}

}  // namespace aver
