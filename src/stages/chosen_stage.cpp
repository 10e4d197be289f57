#include "stages/chosen_stage.h"

#include <map>

#include "base/error.h"

namespace aver {

std::vector<StageClip> chosen_clips(const Stage& stage, ChosenClips& chosen) {
  std::vector<StageClip> clips;
  for (const StageClip& clip : stage.clips) {
    auto taken = chosen.take(clip.recording.clip);
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

}  // namespace aver
