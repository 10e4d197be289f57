#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aver/eval/calibration.h"
#include "aver/eval/confusion.h"
#include "aver/eval/fusion.h"
#include "pipeline/fusion_input.h"

namespace aver {

/// The three systems of every table, in its order.
inline constexpr std::array<std::string_view, 3> kSystems = {"audio", "visual", "fused"};
/// The same in words.
inline constexpr std::array<std::string_view, 3> kSystemWords = {"sound", "picture", "both"};

/// One system's answers on a set of clips.
struct SystemResult {
  ConfusionMatrix matrix;
  Scores scores;
  double calibration_error = 0;
  std::vector<Answer> answers;
};

/// How many clips something happened to, and how many of their answers are right.
struct Tally {
  std::size_t clips = 0;
  std::size_t right = 0;
  double share() const {
    return clips > 0 ? static_cast<double>(right) / static_cast<double>(clips) : 0;
  }
};

/// What fusion did to a clip, compared with one modality alone.
enum class Change { none, repaired, broken };

/// A clip with its fused answer.
struct FusedClip {
  const FusionClip* clip = nullptr;
  Fused fused;
  std::size_t truth = 0;
  std::size_t answer = 0;  ///< class index, as the following two
  std::optional<std::size_t> audio_answer, visual_answer;
  Change against_audio = Change::none;
  Change against_visual = Change::none;
};

struct FoldResult {
  int fold = 0;
  std::size_t clips = 0;
  std::array<double, 3> accuracy{};  ///< in the order of kSystems
};

/// All figures over one set of clips.
struct ScopeResult {
  std::string key;    ///< "all_clips" or "held_out"
  std::string title;  ///< for the tables
  std::size_t clips = 0;
  std::vector<SystemResult> systems;  ///< in the order of kSystems
  std::map<DecidedBy, Tally> decided;
  Tally agreed;     ///< both modalities give the same answer
  Tally fell_back;  ///< one modality was missing
  std::size_t without_audio = 0, without_visual = 0;
  std::array<std::size_t, 2> repaired{}, broken{};  ///< against audio, against visual
  /// Clips each model trained on (audio, visual); nothing when its table does not say.
  std::array<std::optional<std::size_t>, 2> trained_on;
  std::array<std::string, 2> verdicts;  ///< audio, visual
  std::vector<FoldResult> folds;        ///< when every clip has one and there are several
};

/// The fused answer of every clip.
std::vector<FusedClip> fuse_all(const std::vector<FusionClip>& clips,
                                const std::vector<std::string>& classes, FusionRule rule);

/// Scores the clips at these positions.
ScopeResult evaluate_scope(const std::vector<FusedClip>& clips,
                           const std::vector<std::string>& classes, const ModalityInput& audio,
                           const ModalityInput& visual);

/// Mean and standard deviation (n - 1) over folds.
struct MeanOfFolds {
  double mean = 0;
  double deviation = 0;
};
MeanOfFolds mean_of_folds(const std::vector<FoldResult>& folds, std::size_t system);

}  // namespace aver
