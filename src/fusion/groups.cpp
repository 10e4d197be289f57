#include "fusion/groups.h"

#include <map>

#include "corpus/known_corpora.h"

namespace aver {
namespace {

/// The groups a clip is in: kind of group and value.
std::vector<std::pair<std::string, std::string>> groups_of(const std::string& name) {
  const auto clip = ravdess().find(name);
  if (!clip) return {};
  std::vector<std::pair<std::string, std::string>> groups = {{"actor", clip->speaker}};
  for (const std::string& attribute : ravdess().groups()) {
    groups.emplace_back(attribute, ravdess().shown(attribute, clip->value(attribute)));
  }
  return groups;
}

}  // namespace

std::vector<GroupRow> group_rows(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes) {
  std::vector<std::string> kinds;  // in the order in which a clip names them
  std::map<std::string, std::map<std::string, std::vector<SystemResult>>> results;
  for (const FusedClip& clip : clips) {
    for (const auto& [kind, value] : groups_of(clip.clip->clip)) {
      if (!results.contains(kind)) kinds.push_back(kind);
      auto& systems = results[kind]
                          .try_emplace(value, clip.answers.size() + 1, SystemResult(classes))
                          .first->second;
      for (std::size_t s = 0; s < systems.size(); ++s) {
        systems[s].add(clip.truth, clip.probabilities_of(s));
      }
    }
  }
  std::vector<GroupRow> rows;
  for (const std::string& kind : kinds) {
    for (auto& [value, systems] : results[kind]) {
      for (SystemResult& system : systems) system.finish();
      rows.push_back({kind, value, std::move(systems)});
    }
  }
  return rows;
}

}  // namespace aver
