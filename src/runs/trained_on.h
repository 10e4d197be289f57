#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/clip.h"

namespace aver {

/// Whom and what a model was trained on, as its file remembers it.
struct TrainedOn {
  std::set<std::string> corpora;
  std::set<std::string> speakers;  ///< of these corpora; of several with the corpus in front
  std::set<std::string> clips;     ///< keys

  bool empty() const { return clips.empty(); }
  /// Adds those of another model.
  void merge(TrainedOn other);
};

/// How many of some clips were trained on, and of how many others their speakers were.
struct SeenClips {
  std::size_t clips = 0, of_speakers = 0;
};
SeenClips count_seen(const TrainedOn& people, const std::vector<Clip>& clips);

nlohmann::json to_json(const TrainedOn& people);

/// Of a model's record of its training; empty where an earlier version wrote it. Throws Error for
/// a record that is none.
TrainedOn trained_on(const nlohmann::json& training);

/// A sentence on those of the clips that were trained on, and on those of speakers of whom others
/// were; "" where there are none. `model` is what messages call it: "the audio model".
std::string seen_in_training(const TrainedOn& people, const std::vector<Clip>& clips,
                             std::string_view model);

/// The same of files, which are named as the corpora of the model name theirs.
std::string seen_in_training(const TrainedOn& people, const std::vector<std::string>& files,
                             std::string_view model);

}  // namespace aver
