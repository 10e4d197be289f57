#include "stages/chosen_stage.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/json_text.h"
#include "store/settings.h"

namespace aver {

std::vector<StageClip> chosen_clips(const Stage& stage, ChosenClips& chosen) {
  std::vector<StageClip> clips;
  for (const StageClip& clip : stage.clips) {
    auto taken = chosen.take(clip.recording.clip, clip.source);
    if (!taken) continue;
    clips.push_back(clip);
    clips.back().recording.clip = std::move(*taken);
  }
  chosen.require_known_columns();
  return clips;
}

void require_one_recording_each(const Stage& stage, const std::vector<StageClip>& clips) {
  std::map<std::string, std::string> recordings;
  for (const StageClip& clip : clips) {
    const auto& [key, name] =
        *recordings.emplace(clip.recording.clip.key, clip.recording.name).first;
    if (name == clip.recording.name) continue;
    throw Error("{} holds {} and {}, which are one performance: take one modality only",
                stage.root.string(), name, clip.recording.name);
  }
}

void require_same_stage(const fs::path& one, const nlohmann::json& settings, const fs::path& other,
                        const nlohmann::json& others) {
  std::vector<std::string> differences;
  for (const auto& [key, here, there] : differing_settings(settings, others)) {
    differences.push_back(
        fmt::format("{} is {} and {}", key, quoted_json(here), quoted_json(there)));
  }
  if (differences.empty()) return;
  throw Error("{} and {} were made with different settings: {}", one.string(), other.string(),
              fmt::join(differences, ", "));
}

void require_once(const std::vector<std::string>& keys) {
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice == keys.end()) return;
  throw Error("{} stands in two of the --input folders: clips need names of their own", *twice);
}

}  // namespace aver
