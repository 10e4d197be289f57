#include <algorithm>
#include <map>
#include <set>

#include "aver/base/error.h"
#include "aver/protocol/split.h"
#include "aver/ravdess/clip_id.h"

namespace aver {
namespace {

std::string clip_of_item(const std::string& item) {
  return item.substr(0, item.find("_frame_"));
}

/// What one side of a fold holds.
struct Side {
  std::set<std::string> items, clips, groups;
};

std::size_t shared(const std::set<std::string>& a, const std::set<std::string>& b) {
  return static_cast<std::size_t>(
      std::count_if(a.begin(), a.end(), [&](const std::string& name) { return b.contains(name); }));
}

}  // namespace

LeakVerdict audit_split(const Split& split, const std::vector<SplitItem>& items,
                        const std::vector<int>& folds) {
  std::map<std::string, std::string> groups;
  for (const auto& item : items) groups[item.item] = item.group;

  std::map<int, std::pair<Side, Side>> sides;  // per fold: seen in training, test
  bool frames = false;
  bool actors = true;  // RAVDESS names; elsewhere the field says subjects
  bool validated = false;
  for (const auto& row : split.rows) {
    if (!folds.empty() && std::find(folds.begin(), folds.end(), row.fold) == folds.end()) continue;
    auto& [training, test] = sides[row.fold];
    validated = validated || row.role == Role::validation;
    Side& side = row.role == Role::test ? test : training;
    const std::string clip = clip_of_item(row.item);
    frames = frames || clip != row.item;
    side.items.insert(row.item);
    side.clips.insert(clip);
    const auto known = groups.find(row.item);
    const auto actor = actor_of(clip);
    actors = actors && actor.has_value();
    const auto group = known != groups.end() ? known->second : actor.value_or("");
    if (!group.empty()) side.groups.insert(group);
  }

  LeakVerdict verdict;
  std::size_t test_groups = 0, test_clips = 0;
  for (const auto& [fold, pair] : sides) {
    const auto& [training, test] = pair;
    verdict.shared_items += shared(test.items, training.items);
    verdict.shared_clips += shared(test.clips, training.clips);
    verdict.shared_groups += shared(test.groups, training.groups);
    test_groups += test.groups.size();
    test_clips += test.clips.size();
  }

  std::vector<std::string> parts;
  if (test_groups > 0) {
    parts.push_back(fmt::format("{} of {} test {}", verdict.shared_groups, test_groups,
                                actors ? "actors" : "subjects"));
  }
  parts.push_back(fmt::format("{} of {} test {}", verdict.shared_clips, test_clips,
                              actors ? "clips" : "items"));
  if (frames) parts.push_back(fmt::format("{} identical frames", verdict.shared_items));
  verdict.sentence =
      verdict.leaks()
          ? fmt::format(
                "Leak check: LEAK. Training has seen {}; expect lower figures on new people.",
                fmt::join(parts, ", "))
          : fmt::format("Leak check: none found. Training has seen {}.", fmt::join(parts, ", "));
  if (!validated) {
    verdict.sentence += " The test part also served as validation.";
  }
  return verdict;
}

}  // namespace aver
