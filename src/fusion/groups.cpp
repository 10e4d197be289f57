#include "fusion/groups.h"

#include <algorithm>
#include <map>

#include "corpus/known_corpora.h"

namespace aver {
namespace {

/// The description of the corpus that a clip says it is of; nothing for one that none knows.
std::shared_ptr<const Scheme> scheme_of(const Clip& clip) {
  const std::string corpus = clip.value("corpus");
  const auto known = known_corpora();
  if (std::ranges::find(known, corpus) == known.end()) return nullptr;
  return scheme_named(corpus);
}

/// The groups a clip is in: kind of group and value, as its corpus's description lists them.
std::vector<std::pair<std::string, std::string>> groups_of(const Clip& clip) {
  std::vector<std::pair<std::string, std::string>> groups;
  const auto scheme = scheme_of(clip);
  if (!clip.speaker.empty()) {
    groups.emplace_back(scheme && scheme->people() == "actors" ? "actor" : "speaker", clip.speaker);
  }
  for (const auto& attribute : scheme ? scheme->groups() : std::vector<std::string>()) {
    if (std::string value = clip.value(attribute); !value.empty()) {
      groups.emplace_back(attribute, scheme->shown(attribute, value));
    }
  }
  return groups;
}

}  // namespace

std::vector<GroupRow> group_rows(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes) {
  std::vector<std::string> kinds;  // in the order in which a clip names them
  std::map<std::string, std::map<std::string, std::vector<SystemResult>>> results;
  for (const FusedClip& clip : clips) {
    if (!clip.clip->facts) continue;
    for (const auto& [kind, value] : groups_of(*clip.clip->facts)) {
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
