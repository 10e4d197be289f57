#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aver {

class Options;  // of aver itself

/// What to take from a clip.
struct ReadOptions {
  bool picture = true;
  bool sound = true;
  /// Seconds of each window of a timeline, 0.5 to 3600; 0 = no timeline. The last window may be
  /// shorter: it ends with the clip.
  double window = 0;
  double hop = 0;  ///< seconds from the start of one to that of the next; 0 = a third of a window
  /// In place of windows: an estimate of each picture that is looked at, from when it is shown to
  /// the next, by the visual model alone.
  bool every_picture = false;
  /// Looks for a face in some of the pictures, where they are not cropped to faces, so that an
  /// answer can say that there is none. Takes some ten milliseconds each.
  bool look_for_face = false;
  /// Every face of the pictures has a timeline of its own, in place of the largest one's.
  bool every_face = false;
  int audio_track = 0;  ///< of a file with several: its number from 1; 0 = the default one
  int video_track = 0;
  double max_seconds = 4 * 3600;          ///< longest recording that is read
  std::int64_t max_pixels = 134'217'728;  ///< largest picture that is decoded

  void describe(Options& options);  // for aver itself
  /// Those without windows.
  void describe_media(Options& options);
};

/// How many frames of a clip were cropped to a face, or why not.
struct FaceCounts {
  std::size_t found = 0;     ///< cropped to their own face
  std::size_t previous = 0;  ///< cropped to the last box found
  std::size_t whole = 0;     ///< not cropped
  std::size_t skipped = 0;   ///< left out
  bool operator==(const FaceCounts&) const = default;
};

/// What the models say of a clip or a window. Distributions stand in the order of the recogniser's
/// classes; an empty one is a missing modality.
struct EmotionEstimate {
  double start = 0;  ///< seconds
  double end = 0;
  std::vector<double> visual;
  std::vector<double> audio;
  std::vector<double> fused;  ///< empty only when both are missing: a window without content
  std::string emotion;        ///< the class with the highest fused probability; "" without one
  std::size_t top = 0;        ///< its index among the classes
  std::string decided_by;     ///< "audio", "visual" or "both"; "" without a fused distribution
  /// Indices of the classes that cannot be ruled out, the likeliest first: more than one is "not
  /// sure". Empty unless the fusion file has a threshold for such sets.
  std::vector<std::size_t> set;
  /// The highest fused probability; 0 without one.
  double confidence() const { return fused.empty() ? 0 : fused[top]; }
};

/// Where a face is, in pixels of the picture.
struct FaceBox {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

/// What the visual model says of one face that was followed through a clip, by its place alone:
/// nothing tells whose it is.
struct FaceEstimate {
  std::size_t pictures = 0;              ///< that show it
  FaceBox box;                           ///< where it is on the mean
  EmotionEstimate whole;                 ///< from the first of them to the last
  std::vector<FaceBox> boxes;            ///< of each window
  std::vector<EmotionEstimate> windows;  ///< those that show it
};

struct ClipEstimate {
  std::string name;
  double seconds = 0;        ///< of the longer of picture and sound; 0 for a still picture
  std::size_t pictures = 0;  ///< that were looked at
  EmotionEstimate whole;
  std::vector<EmotionEstimate> windows;  ///< empty without ReadOptions::window
  /// With ReadOptions::every_face, in the order of their first pictures; `whole` and `windows` are
  /// then without an answer.
  std::vector<FaceEstimate> every_face;
  std::optional<FaceCounts> faces;   ///< where pictures are cropped to faces
  std::vector<std::string> remarks;  ///< what is missing or was cut, each as a clause
  /// What speaks against believing the answer: "silent", "too dark", "no face". Each has its
  /// remark.
  std::vector<std::string> checks = {};
};

}  // namespace aver
