#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/confusion.h"
#include "eval/folds.h"
#include "eval/fusion.h"
#include "eval/significance.h"
#include "fusion/fits.h"
#include "fusion/input.h"

namespace aver {

/// The three systems of every table, in its order.
inline constexpr std::array<std::string_view, 3> kSystems = {"audio", "visual", "fused"};
/// The same in words.
inline constexpr std::array<std::string_view, 3> kSystemWords = {"sound", "picture", "both"};

/// One system's answers on a set of clips.
struct SystemResult {
  explicit SystemResult(const std::vector<std::string>& classes) : matrix(classes) {}

  /// Counts an answer; none when `probabilities` is empty.
  void add(std::size_t truth, std::span<const double> probabilities);
  /// Computes the figures below from what was added.
  void finish();
  /// Takes the intervals from its bootstrap; none for a system without answers.
  void take_intervals(const BootstrapDraws& draws);

  ConfusionMatrix matrix;
  std::vector<Answer> answers;
  Scores scores;
  double calibration_error = 0;
  double negative_log_likelihood = 0;
  double area_under_risk_coverage = 0;
  std::optional<Interval> accuracy_interval, uar_interval;  ///< 95 %, when they were asked for
};

/// How intervals are drawn.
struct BootstrapOptions {
  std::size_t draws = 10'000;  ///< 0 = none
  std::uint64_t seed = 42;
  std::size_t workers = 0;
};

/// Clips as bootstrap units: by actor where names tell several of them, else each by itself.
struct BootstrapUnits {
  explicit BootstrapUnits(const std::vector<FusionClip>& clips);
  std::vector<std::size_t> unit_of_clip;
  std::size_t count = 0;
  std::size_t actors = 0;         ///< 0: drawn by clip
  std::size_t without_actor = 0;  ///< clips
  bool one_actor = false;
  /// "10000 draws over 24 actors"
  std::string words(std::size_t draws) const;
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
  std::array<double, 3> accuracy{}, uar{};  ///< in the order of kSystems; NaN without clips
};

/// One way to fuse.
struct FusionChoice {
  FusionRule rule = FusionRule::max_confidence;
  bool scaled = false;  ///< both distributions with their fitted temperatures
  bool fitted() const { return scaled || is_fitted(rule); }
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
  std::array<LeakVerdict, 2> verdicts;  ///< audio, visual
  std::vector<FoldResult> folds;        ///< when every clip has one and there are several
  std::string bootstrap;                ///< "10000 draws over 24 actors", or "" without
};

/// The fused answer of every clip; where the choice is fitted, of every clip it was not fitted on.
/// Throws Error when it needs a fit and there is none.
std::vector<FusedClip> fuse_all(const std::vector<FusionClip>& clips,
                                const std::vector<std::string>& classes, const FusionChoice& choice,
                                const FusionFits& fits);

/// Scores these clips.
ScopeResult evaluate_scope(const std::vector<FusedClip>& clips,
                           const std::vector<std::string>& classes, const ModalityInput& audio,
                           const ModalityInput& visual, const BootstrapOptions& bootstrap);

/// One system's accuracies, or recalls, by fold.
std::vector<double> by_fold(const std::vector<FoldResult>& folds, std::size_t system,
                            const std::array<double, 3> FoldResult::*figure);

}  // namespace aver
