#include "synthesis/corpus.h"

#include <algorithm>

#include "corpus/emotions.h"

namespace aver {
namespace {

std::vector<ClipId> performances(const CorpusScheme& scheme, int actor) {
  std::vector<ClipId> clips;
  for (int code = 0; code < static_cast<int>(kEmotionNames.size()); ++code) {
    const auto emotion = static_cast<Emotion>(code);
    const int intensities = emotion == Emotion::neutral ? 1 : 2;
    for (int intensity = 1; intensity <= intensities; ++intensity) {
      for (int statement = 1; statement <= scheme.statements; ++statement) {
        for (int repetition = 1; repetition <= scheme.repetitions; ++repetition) {
          clips.push_back({.modality = Modality::audio_video,
                           .channel = Channel::speech,
                           .emotion = emotion,
                           .intensity = intensity,
                           .statement = statement,
                           .repetition = repetition,
                           .actor = actor});
        }
      }
    }
  }
  return clips;
}

}  // namespace

std::vector<ClipId> corpus_clips(const CorpusScheme& scheme) {
  std::vector<ClipId> clips;
  for (int actor = 1; actor <= scheme.actors; ++actor) {
    for (ClipId id : performances(scheme, actor)) {
      clips.push_back(id);
      if (actor != scheme.twin_actor) continue;
      id.modality = Modality::video_only;
      clips.push_back(id);
      id.modality = Modality::audio_only;
      clips.push_back(id);
    }
  }
  std::sort(clips.begin(), clips.end());
  return clips;
}

std::string corpus_path(const ClipId& id) {
  return id.actor_folder() + "/" + id.stem() +
         (id.modality == Modality::audio_only ? ".wav" : ".mp4");
}

}  // namespace aver
