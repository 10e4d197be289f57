#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "conditions/other_sounds.h"
#include "corpus/clip.h"
#include "media/face_finder.h"
#include "prediction/clip_reader.h"
#include "prediction/recogniser.h"
#include "robustness/conditions.h"

namespace aver {

/// A trained fold, or a run of one, of one modality.
struct FoldModel {
  std::optional<int> fold;
  Recogniser recogniser;
  std::optional<SoundSettings> sound;       ///< of an audio model
  std::optional<PictureSettings> pictures;  ///< of a visual one
  std::string fingerprint;                  ///< of the model file
};

/// The models of a run folder, or of the folds in it. `audio`: what they must be. Throws as
/// read_chosen_model() and Recogniser do.
std::vector<FoldModel> fold_models(const fs::path& run, bool audio, const fs::path& encoder,
                                   const FaceFiles& faces, std::size_t threads);

/// A recording of a clip, and which model is asked about it.
struct AskedRecording {
  DatasetClip recording;
  std::size_t model = 0;  ///< among those of its modality
};

/// A clip with what there is of it to be asked about.
struct AskedClip {
  std::string key;
  std::optional<AskedRecording> audio, visual;
};

/// What the models say of one clip in each column; empty where that column leaves the modality as
/// it is, takes it away, or leaves nothing to look at.
struct ClipAnswers {
  std::vector<std::vector<double>> audio, visual;
};
nlohmann::json json_of(const ClipAnswers& answers);
ClipAnswers clip_answers_from(const nlohmann::json& json);

/// What all clips are asked with.
struct Questions {
  const std::vector<FoldModel>& audio;
  const std::vector<FoldModel>& visual;
  const std::vector<Column>& columns;  ///< clean first
  const OtherSounds& others;
  std::uint64_t seed = 42;
  MediaLimits limits = {};
  Tracks tracks = {};
  std::size_t threads = 1;  ///< of each worker's networks
};

/// Decodes clips, each once, puts them under all conditions and asks the models. Answers depend on
/// nothing but the clip and the questions. One per worker, made on its thread.
class ClipAsker {
 public:
  explicit ClipAsker(const Questions& questions) : questions_(questions) {}
  /// Throws Error when a recording cannot be decoded or changed.
  ClipAnswers ask(const AskedClip& clip);

 private:
  /// A model with what is kept for it from clip to clip.
  struct Own {
    Recogniser recogniser;
    std::optional<SoundFeatures> features;
    std::optional<FaceCropper> faces;
  };
  Own& own(const FoldModel& model);
  std::vector<std::vector<double>> listen(const AskedRecording& asked);
  std::vector<std::vector<double>> look(const AskedRecording& asked);

  Questions questions_;
  Resampler resampler_;
  std::map<const FoldModel*, std::unique_ptr<Own>> own_;
};

}  // namespace aver
