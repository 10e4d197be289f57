#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace aver {

/// The eight emotions in RAVDESS's code order (code = index + 1).
enum class Emotion { neutral, calm, happy, sad, angry, fearful, disgust, surprised };
std::string_view name_of(Emotion emotion);

enum class Modality { audio_video = 1, video_only = 2, audio_only = 3 };
enum class Channel { speech = 1, song = 2 };

/// One recording of RAVDESS, or named in its way, as its file name `MM-VC-EE-II-SS-RR-AA` says
/// (Livingstone & Russo 2018).
struct ClipId {
  Modality modality = Modality::audio_video;
  Channel channel = Channel::speech;
  Emotion emotion = Emotion::neutral;
  int intensity = 1;   ///< 1 normal, 2 strong (neutral has no strong)
  int statement = 1;   ///< 1 "Kids are talking by the door", 2 "Dogs are sitting by the door"
  int repetition = 1;  ///< 1 or 2
  int actor = 1;       ///< 1 … 99, of which RAVDESS has 24; odd male, even female

  /// Seven fields: the file name without extension.
  std::string stem() const;
  /// Six fields, without the modality: the same performance as picture and as sound has one key.
  std::string key() const;
  /// "Actor_05"
  std::string actor_folder() const;
  bool male() const { return actor % 2 == 1; }

  auto operator<=>(const ClipId&) const = default;
};

}  // namespace aver
