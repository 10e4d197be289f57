#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aver/estimate.h"
#include "aver/raw_clip.h"
#include "media/face_options.h"
#include "media/media_source.h"
#include "prediction/recogniser_config.h"
#include "store/npy.h"

namespace aver {

/// A clip, or a window of it, as the networks take it.
struct ClipPart {
  double start = 0;  ///< seconds
  double end = 0;
  std::size_t first_picture = 0;   ///< of ClipInput::pictures
  std::size_t pictures = 0;        ///< how many from there on
  std::optional<FloatArray> mfcc;  ///< [coefficients, frames]
};

/// One of several faces of a clip.
struct FaceInput {
  ClipPart whole;                 ///< its pictures, of ClipInput::pictures
  std::vector<ClipPart> windows;  ///< those that show it
  std::vector<FaceBox> boxes;     ///< of each of its pictures
};

struct ClipInput {
  std::string name;
  double seconds = 0;  ///< of the longer of picture and sound; 0 for a still picture
  std::vector<std::vector<std::uint8_t>> pictures;  ///< size · size · 3 bytes each
  std::vector<double> picture_seconds;              ///< when each is shown; empty with every_face
  ClipPart whole;
  std::vector<ClipPart> windows;      ///< empty without ReadOptions::window
  std::vector<FaceInput> every_face;  ///< with ReadOptions::every_face, in place of the others
  std::optional<FaceCounts> faces;    ///< where pictures are cropped to faces
  std::vector<std::string> remarks;   ///< what is missing or was cut, each as a clause
  std::vector<std::string> checks;    ///< as in ClipEstimate
};

/// A file, or bytes that `name` is what messages call, with the limits and tracks of `options`.
MediaSource source_of(const fs::path& file, const ReadOptions& options);
MediaSource source_of(std::span<const std::byte> bytes, const std::string& name,
                      const ReadOptions& options);

/// Turns media into what the networks take, exactly as the stages do by way of files: the sound at
/// the audio stage's rate in 16 bits, then MFCCs with the settings in the audio model; every N-th
/// frame as a JPEG of the quality in the visual model, then squeezed to its picture size. Nothing
/// is written. Keeps buffers from clip to clip: one per worker.
class ClipReader {
 public:
  virtual ~ClipReader() = default;
  /// Throws LimitError beyond the source's limits, and Error that names the source when it cannot
  /// be decoded or holds nothing the models could look at.
  virtual ClipInput read(const MediaSource& source, const ReadOptions& options) = 0;
  /// The same of a clip that is decoded already. Throws UsageError for numbers that describe none.
  virtual ClipInput read(const RawClip& clip, const ReadOptions& options) = 0;
};

class ClipFusion;
class Network;
struct ModelFile;
struct ReaderSettings;

/// A model as it was loaded; there as long as the recogniser that has it.
struct LoadedModel {
  const ModelFile* file = nullptr;
  Network* network = nullptr;  ///< on the recogniser's device
};

/// Trained models, ready for media of any name.
class Recogniser {
 public:
  /// Loads the models. Throws Error when one cannot be used, or the two do not know the same
  /// classes, and UsageError when a model is of the wrong modality.
  explicit Recogniser(const RecogniserConfig& config);
  ~Recogniser();
  Recogniser(Recogniser&&) noexcept;
  Recogniser& operator=(Recogniser&&) noexcept;

  const std::vector<std::string>& classes() const;
  bool has_visual() const;
  bool has_audio() const;
  /// Whether pictures are cropped to faces, so that every face can be asked for.
  bool sees_faces() const;
  /// Whether estimates have sets of classes that cannot be ruled out.
  bool makes_sets() const;
  /// Throws UsageError for what clips cannot be asked with these models: every face, where pictures
  /// are not cropped to any.
  void require_can(const ReadOptions& options) const;
  /// To look into a model: "audio" or "visual", which is there. An audio model has been told of the
  /// person whose clips were enrolled.
  LoadedModel model(std::string_view modality) const;
  const ClipFusion& fusion() const;
  /// What a reader of these models needs to know.
  ReaderSettings reader_settings() const;
  /// Thread-safe; the reader does not need the recogniser any more.
  std::unique_ptr<ClipReader> make_reader() const;

  /// The same models once more, for a thread of their own: to be called on that thread, whose
  /// networks then run on `threads` threads.
  Recogniser for_this_thread(std::size_t threads) const;

  /// Runs the networks over clips. An estimate depends neither on which clips go together nor on
  /// the number of threads: it is that of the staged pipeline on the same clip. One call at a time.
  std::vector<ClipEstimate> estimate(const std::vector<ClipInput>& clips);

 private:
  struct State;
  explicit Recogniser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aver
