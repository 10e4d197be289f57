#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aver/error.h"
#include "aver/estimate.h"
#include "aver/export.h"
#include "aver/raw_clip.h"

namespace aver {

struct RecogniserConfig;  // of aver itself

/// The trained models that look at a clip, and how their answers become one.
struct EmotionModels {
  std::filesystem::path visual = {};    ///< model file or folder of a finished run; "" = none
  std::filesystem::path audio = {};     ///< the same; one of the two must be given
  std::string rule = "max-confidence";  ///< or "mean" or "product"
  /// fusion.json of aver-evaluate-fusion, whose rule then takes the place of `rule`; "" = none.
  std::filesystem::path fusion = {};
  /// Other, unlabelled clips of the one person that is asked about, which the audio model is told
  /// of if it was trained with --centre speaker; "" = none.
  std::filesystem::path enrol_from = {};
  /// The speaker encoder of an audio model that was trained on its states; "" = none.
  std::filesystem::path encoder = {};
  std::string device = "auto";  ///< "auto", "cpu" or "cuda"
  std::size_t threads = 0;      ///< all together; 0 = the CPUs this process may use
};

/// Emotion recognition with trained models, as `aver-predict` does it: the same clip gets the same
/// numbers, however many clips, threads and calls there are.
///
///   aver::EmotionRecogniser recogniser({.visual = "runs/visual", .audio = "runs/audio"});
///   const aver::ClipEstimate clip = recogniser.predict("me.mp4");
///   show(clip.whole.emotion, clip.whole.confidence());
///
/// Whatever fails throws aver::Error with one sentence that says what and why. Nothing is printed:
/// in the whole process FFmpeg is told to be silent, and OpenCV to keep to one thread. Where
/// OpenBLAS took the CPU for one of 2004, it is told better: make the first recogniser before other
/// threads compute products with it.
class AVER_API EmotionRecogniser {
 public:
  /// Loads the models. Throws UsageError when none is named, one is of the other modality, the rule
  /// is none of the three, or there are both a rule and a fusion file, and Error when a model or
  /// the file cannot be used on this machine or they do not know the same classes.
  explicit EmotionRecogniser(const EmotionModels& models);
  ~EmotionRecogniser();
  EmotionRecogniser(EmotionRecogniser&&) noexcept;
  EmotionRecogniser& operator=(EmotionRecogniser&&) noexcept;

  /// Names of the emotions, in the order of the distributions.
  const std::vector<std::string>& classes() const;
  bool has_visual() const;
  bool has_audio() const;
  /// Whether estimates have sets: there is a fusion file, made with --conformal.
  bool makes_sets() const;

  /// What the models say of one recording or picture in any format that aver reads. Throws
  /// Error when it cannot be decoded or holds nothing the models could look at, and UsageError for
  /// windows that cannot be. Calls from several threads wait for one another.
  ClipEstimate predict(const std::filesystem::path& file, const ReadOptions& options = {});
  /// The same of a recording in memory; `name` is what errors call it.
  ClipEstimate predict(std::span<const std::byte> bytes, const std::string& name,
                       const ReadOptions& options = {});
  /// The same of what a program has decoded or recorded itself. Throws UsageError for numbers that
  /// describe no clip.
  ClipEstimate predict(const RawClip& clip, const ReadOptions& options = {});

  /// One of several clips: a file, or bytes that are asked for when its turn comes, by a thread of
  /// its own; `file` is then only what errors call it.
  struct Source {
    std::filesystem::path file;
    std::function<std::string()> bytes = {};
  };
  /// A clip's answer, or one sentence that says why there is none.
  struct Answer {
    std::optional<ClipEstimate> estimate;
    std::string failure;
  };
  /// Answers clips, `workers` of them side by side (at least 1), and hands every answer to `use` on
  /// the calling thread, in the order of the clips; memory stays that of the clips in hand. What
  /// `use` throws ends it, and is thrown on.
  void predict(const std::vector<Source>& clips, const ReadOptions& options, std::size_t workers,
               const std::function<void(std::size_t index, const Answer& answer)>& use) const;

 private:
  friend EmotionRecogniser open_recogniser(const RecogniserConfig& config,
                                           const ReadOptions& options,
                                           const std::vector<std::string>& asked);
  struct State;
  explicit EmotionRecogniser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aver
