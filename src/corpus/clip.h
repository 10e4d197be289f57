#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace aver {

/// One performance, and what is known of it. A clip that was recorded as picture and as sound is
/// one clip; the key joins its recordings.
struct Clip {
  std::string key;      ///< names the clip in every table; unique within a corpus
  std::string label;    ///< class name, a common one where the corpus's description has a map
  std::string speaker;  ///< actor or subject; "" when unknown
  std::map<std::string, std::string> attributes;  ///< further columns by name: gender, language…

  bool operator==(const Clip&) const = default;
  /// The value of a column: "clip", "label", "speaker" or an attribute; "" when it has none.
  std::string value(std::string_view column) const;
};

/// What recordings of a clip can be, as file names and manifests say it.
inline constexpr std::string_view kAudioVideo = "audio-video";
inline constexpr std::string_view kVideoOnly = "video-only";
inline constexpr std::string_view kAudioOnly = "audio-only";

/// One recording of a clip.
struct Recording {
  Clip clip;
  std::string name;  ///< unique within a folder, without slashes; names outputs, sorts recordings
  std::string modality;  ///< one of the three above

  bool operator==(const Recording&) const = default;
};

/// One media file of a dataset folder.
struct DatasetClip {
  Recording recording;
  std::string folder;    ///< where a stage puts what it makes of it: "Actor_01/happy"
  std::string path;      ///< no fs::path, which takes ten times the memory: there may be many clips
  double start = 0;      ///< seconds: the part of the file that is meant
  double end = 0;        ///< 0 = to its end
  std::size_t line = 0;  ///< of the table that lists it; 0 = none does

  /// Path of an output below a stage's folder, without extension.
  std::string output_stem() const {
    return folder.empty() ? recording.name : folder + "/" + recording.name;
  }
};

}  // namespace aver
