#pragma once

#include <array>
#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// The eight emotions in RAVDESS code order (code = index + 1). Class order everywhere.
enum class Emotion { neutral, calm, happy, sad, angry, fearful, disgust, surprised };

inline constexpr std::array<std::string_view, 8> kEmotionNames = {
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"};

std::string_view name_of(Emotion emotion);
std::optional<Emotion> emotion_from_name(std::string_view name);

/// `names` in RAVDESS code order; names RAVDESS does not know follow alphabetically. Duplicates are
/// dropped.
std::vector<std::string> in_class_order(std::span<const std::string> names);

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

/// Parses a file name without extension. Throws Error that says which field is wrong.
ClipId parse_clip_id(std::string_view stem);

/// Parses a key of six fields, or a stem of seven, with or without a media extension; the modality
/// of a six-field key reads as audio_video. Nothing when it is no RAVDESS name.
std::optional<ClipId> find_clip_id(std::string_view name);

/// What names a clip in tables: the key of a RAVDESS name; any other name stays as it is.
std::string clip_key(std::string_view name);

/// The actor (subject) of a clip as text, "05"; nothing when the name is not RAVDESS.
std::optional<std::string> actor_of(std::string_view clip);

}  // namespace aver
