#include "protocol/actor_folds.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

using Groups = std::set<std::string>;
/// Who is tested, by number of the fold.
using Folds = std::map<int, Groups>;

Groups groups_of(const std::vector<SplitItem>& items) {
  Groups groups;
  for (const auto& item : items) {
    if (item.group.empty()) {
      throw Error("{} has no actor or subject; --group-pattern says how to find it in the name",
                  item.item);
    }
    groups.insert(item.group);
  }
  return groups;
}

/// Rows of one fold from a role per group: test and validation as given, the rest trains.
void add_fold(Split& split, int fold, const std::vector<SplitItem>& items, const Groups& test,
              const Groups& validation) {
  for (const auto& item : items) {
    const Role role = test.contains(item.group)         ? Role::test
                      : validation.contains(item.group) ? Role::validation
                                                        : Role::train;
    split.rows.push_back({fold, item.item, role});
  }
}

/// Each fold is tested once and the next one validates, cyclic.
void add_folds(Split& split, const std::vector<SplitItem>& items, const Folds& folds) {
  for (auto fold = folds.begin(); fold != folds.end(); ++fold) {
    const auto next = std::next(fold) == folds.end() ? folds.begin() : std::next(fold);
    add_fold(split, fold->first, items, fold->second, next->second);
  }
}

/// Takes the folds none of whose groups are there out of `folds` and returns their numbers. The
/// next fold that has clips then validates: an empty part could not steer the training.
std::vector<int> drop_empty(Folds& folds, const Groups& present) {
  std::vector<int> dropped;
  std::erase_if(folds, [&](const auto& fold) {
    const bool empty = std::none_of(fold.second.begin(), fold.second.end(),
                                    [&](const auto& group) { return present.contains(group); });
    if (empty) dropped.push_back(fold.first);
    return empty;
  });
  return dropped;
}

/// One fold per group. Speakers who have numbers in their corpus give the fold its own, so that it
/// means the same whoever else is there.
Folds folds_of_one(const std::vector<SplitItem>& items, const Groups& groups,
                   const Scheme* corpus) {
  const auto is_numbered = [&](const SplitItem& item) {
    const auto clip = corpus->find(item.item);
    return clip && clip->speaker == item.group && parse_integer(item.group).value_or(0) > 0;
  };
  const bool numbered = corpus != nullptr && corpus->numbered() > 0 &&
                        std::all_of(items.begin(), items.end(), is_numbered);
  Folds folds;
  int position = 0;
  for (const auto& group : groups) {
    const int number = numbered ? static_cast<int>(*parse_integer(group)) - 1 : position++;
    folds[number] = {group};
  }
  if (!numbered) return folds;
  const int count = std::max(corpus->numbered(), folds.rbegin()->first + 1);
  for (int number = 0; number < count; ++number) folds.try_emplace(number);  // tests nobody
  return folds;
}

}  // namespace

Split split_published(const std::vector<SplitItem>& items, const PublishedFolds& published,
                      const std::string& corpus, std::vector<int>* skipped) {
  Folds folds;
  for (const auto& [number, speakers] : published.tested) {
    folds[number] = {speakers.begin(), speakers.end()};
  }
  for (const auto& item : items) {
    const std::string own = item.value("corpus");
    if (own.empty() || own == corpus) continue;
    throw Error("{} are folds of the speakers of {}, and {} is of {}", published.name, corpus,
                item.item, own);
  }
  const Groups present = groups_of(items);
  // Whom no fold tests would train in every fold, and no table would show it.
  Groups strangers = present;
  for (const auto& [number, speakers] : folds) {
    for (const auto& speaker : speakers) strangers.erase(speaker);
  }
  if (!strangers.empty()) {
    throw Error(
        "{} has no fold for {}: its published folds are of the speakers of {}; leave-one:speaker "
        "and group-K take any",
        published.name, fmt::join(strangers, ", "), corpus);
  }
  const auto dropped = drop_empty(folds, present);
  if (folds.size() < 3) {
    throw Error(
        "{} needs clips of actors from at least three of its folds, to train, validate and test; "
        "those here ({}) are from {}",
        published.name, fmt::join(present, ", "), folds.size());
  }
  if (skipped != nullptr) *skipped = dropped;
  Split split{published.name, 0, {}};
  add_folds(split, items, folds);
  return split;
}

Split split_actor_loo(const std::vector<SplitItem>& items, const Scheme* corpus,
                      std::vector<int>* skipped) {
  const Groups groups = groups_of(items);
  if (groups.size() < 3) {
    throw Error("actor-loo needs at least three actors, to train, validate and test; found {}",
                groups.size());
  }
  Folds folds = folds_of_one(items, groups, corpus);
  const auto dropped = drop_empty(folds, groups);
  if (skipped != nullptr) *skipped = dropped;
  Split split{"actor-loo", 0, {}};
  add_folds(split, items, folds);
  return split;
}

Split split_group(const std::vector<SplitItem>& given, int folds, const std::string& column) {
  if (folds < 2) throw UsageError("group-{} makes no sense: at least two folds are needed", folds);
  std::vector<SplitItem> items = given;
  for (SplitItem& item : items) {
    item.group = item.value(column);
    if (item.group.empty() && column != "speaker") {
      throw Error("{} has no {}, which group-{}:{} deals into folds", item.item, column, folds,
                  column);
    }
  }
  const Groups groups = groups_of(items);
  if (groups.size() < static_cast<std::size_t>(folds)) {
    throw Error("group-{} needs at least {} {}, found {}", folds, folds,
                column == "speaker" ? "actors or subjects" : "values of " + column, groups.size());
  }
  Folds dealt;
  int next = 0;
  for (const auto& group : groups) dealt[next++ % folds].insert(group);
  Split split{column == "speaker" ? fmt::format("group-{}", folds)
                                  : fmt::format("group-{}:{}", folds, column),
              0,
              {}};
  if (folds == 2) {
    // The other fold is all there is to train on: no validation part.
    for (const auto& [number, test] : dealt) add_fold(split, number, items, test, {});
  } else {
    add_folds(split, items, dealt);
  }
  return split;
}

}  // namespace aver
