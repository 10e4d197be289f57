#include "fusion/groups.h"

#include <algorithm>
#include <map>

#include "corpus/known_corpora.h"

namespace aver {
namespace {

/// The groups a clip is in, without systems, as its corpus's description lists them.
std::vector<GroupRow> groups_of(const Clip& clip) {
  std::vector<GroupRow> groups;
  const auto scheme = scheme_of(clip);
  if (!clip.speaker.empty()) {
    groups.push_back(
        {person_of(clip), clip.speaker, true, scheme ? scheme->people_note() : std::string(), {}});
  }
  for (const auto& attribute : scheme ? scheme->groups() : std::vector<std::string>()) {
    if (std::string value = clip.value(attribute); !value.empty()) {
      groups.push_back({attribute, scheme->shown(attribute, value), false, {}, {}});
    }
  }
  return groups;
}

}  // namespace

std::vector<GroupRow> group_rows(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes) {
  std::vector<std::string> kinds;  // in the order in which a clip names them
  std::map<std::string, std::map<std::string, GroupRow>> results;
  for (const FusedClip& clip : clips) {
    if (!clip.clip->facts) continue;
    for (const GroupRow& group : groups_of(*clip.clip->facts)) {
      if (!results.contains(group.kind)) kinds.push_back(group.kind);
      auto& systems = results[group.kind].try_emplace(group.value, group).first->second.systems;
      systems.resize(clip.answers.size() + 1, SystemResult(classes));
      for (std::size_t s = 0; s < systems.size(); ++s) {
        systems[s].add(clip.truth, clip.probabilities_of(s));
      }
    }
  }
  std::vector<GroupRow> rows;
  for (const std::string& kind : kinds) {
    for (auto& [value, row] : results[kind]) {
      for (SystemResult& system : row.systems) system.finish();
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace aver
