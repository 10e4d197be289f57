#include "fusion/groups.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <map>

#include "corpus/clip_id.h"

namespace aver {
namespace {

struct Kind {
  const char* name;
  std::function<std::string(const ClipId&)> value;
};

const std::array<Kind, 4>& kinds() {
  static const std::array<Kind, 4> kKinds = {{
      {"actor", [](const ClipId& id) { return fmt::format("{:02}", id.actor); }},
      {"gender", [](const ClipId& id) { return std::string(id.male() ? "male" : "female"); }},
      {"intensity",
       [](const ClipId& id) { return std::string(id.intensity == 1 ? "normal" : "strong"); }},
      {"statement",
       [](const ClipId& id) { return std::string(id.statement == 1 ? "kids" : "dogs"); }},
  }};
  return kKinds;
}

}  // namespace

std::vector<GroupRow> group_rows(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes) {
  std::vector<GroupRow> rows;
  for (const Kind& kind : kinds()) {
    std::map<std::string, std::vector<SystemResult>> groups;
    for (const FusedClip& clip : clips) {
      const auto id = find_clip_id(clip.clip->clip);
      if (!id) continue;
      auto& systems =
          groups.try_emplace(kind.value(*id), clip.answers.size() + 1, SystemResult(classes))
              .first->second;
      for (std::size_t s = 0; s < systems.size(); ++s) {
        systems[s].add(clip.truth, clip.probabilities_of(s));
      }
    }
    for (auto& [value, systems] : groups) {
      for (SystemResult& system : systems) system.finish();
      rows.push_back({kind.name, value, std::move(systems)});
    }
  }
  return rows;
}

}  // namespace aver
