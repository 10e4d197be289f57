#pragma once

#include <cmath>
#include <opencv2/core.hpp>
#include <string>

#include "base/fingerprint.h"
#include "base/random.h"
#include "corpus/known_corpora.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "store/npy.h"
#include "store/stage.h"
#include "synthesis/clip_id.h"

// Finished stage folders small enough to train on within a second, with classes that can be
// learned.
namespace aver::test {

inline std::vector<ClipId> tiny_clips(int actors, int repetitions) {
  std::vector<ClipId> clips;
  for (int actor = 1; actor <= actors; ++actor) {
    for (const Emotion emotion : {Emotion::happy, Emotion::sad, Emotion::angry}) {
      for (int statement = 1; statement <= 2; ++statement) {
        for (int repetition = 1; repetition <= repetitions; ++repetition) {
          ClipId id;
          id.actor = actor;
          id.emotion = emotion;
          id.statement = statement;
          id.repetition = repetition;
          clips.push_back(id);
        }
      }
    }
  }
  return clips;
}

/// The recording of an id, as the corpus's description reads its name.
inline Recording recording_of(const ClipId& id) {
  return ravdess().read(id.stem(), "").recording;
}

inline constexpr std::size_t kTinyCoefficients = 8;

/// 8 coefficients x `frames`; the emotion raises a band of coefficients.
inline FloatArray tiny_mfcc(const ClipId& id, std::size_t frames) {
  Random random(derive_seed(3, {std::hash<std::string>{}(id.key())}));
  FloatArray clip{{kTinyCoefficients, frames}, {}};
  const std::size_t band = static_cast<std::size_t>(id.emotion) % 3;
  for (std::size_t c = 0; c < kTinyCoefficients; ++c) {
    for (std::size_t t = 0; t < frames; ++t) {
      clip.values.push_back(
          static_cast<float>(random.normal() * 2.0 + (c / 3 == band ? 6.0 : 0.0)));
    }
  }
  return clip;
}

inline std::string tiny_mfcc_path(const ClipId& id) {
  return id.actor_folder() + "/" + std::string(name_of(id.emotion)) + "/" + id.stem() + ".npy";
}

/// `modified`: when the sounds were changed, by the manifest. `more`: further settings.
inline void make_mfcc_stage(const fs::path& root, int actors = 4, int repetitions = 2,
                            std::size_t shortest = 10, int sample_rate = 22050,
                            std::int64_t modified = 1, const nlohmann::json& more = {}) {
  nlohmann::json settings = {
      {"sample-rate", sample_rate}, {"coefficients", 8}, {"pictures", false}};
  if (!more.is_null()) settings.update(more);
  StageWriter writer(root, {"aver-compute-mfcc", "mfcc", settings}, false);
  std::size_t number = 0;
  for (const ClipId& id : tiny_clips(actors, repetitions)) {
    const FloatArray clip = tiny_mfcc(id, shortest + number++ % 5);
    write_npy(root / tiny_mfcc_path(id), clip);
    const std::string shape = fmt::format("{}x{}", kTinyCoefficients, clip.columns());
    const std::string content = content_mark_of(root / tiny_mfcc_path(id));
    writer.add({recording_of(id),
                id.stem() + ".wav",
                {1, modified},
                {{tiny_mfcc_path(id), shape, content}}});
  }
  writer.complete();
}

/// Two frames of 24 x 20 pixels per clip; the emotion is a colour.
inline void make_frames_stage(const fs::path& root, int actors = 3,
                              const nlohmann::json& settings = {{"every", 5}}) {
  StageWriter writer(root, {"aver-extract-frames", "frames", settings}, false);
  Random random(4);
  for (const ClipId& id : tiny_clips(actors, 1)) {
    StageClip clip{recording_of(id), id.stem() + ".mp4", {1, 1}, {}};
    for (const int frame : {0, 5}) {
      cv::Mat picture(20, 24, CV_8UC3);
      for (int i = 0; i < 20 * 24 * 3; ++i) {
        const bool bright = i % 3 == static_cast<int>(id.emotion) % 3;
        picture.data[i] = static_cast<unsigned char>((bright ? 150 : 40) + random.below(60));
      }
      const std::string path = fmt::format("by-actor/{}/{}/{}_frame_{:04}.jpg", id.actor_folder(),
                                           name_of(id.emotion), id.stem(), frame);
      write_file(root / path, encode_jpeg(picture));
      clip.outputs.push_back({path, "20x24x3", content_mark_of(root / path)});
    }
    writer.add(clip);
  }
  writer.complete();
}

}  // namespace aver::test
