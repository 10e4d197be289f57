#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/confusion.h"
#include "eval/folds.h"
#include "eval/fusion_rules.h"
#include "eval/significance.h"
#include "eval/system_result.h"
#include "fusion/fits.h"
#include "fusion/input.h"

namespace aver {

/// How intervals are drawn.
struct BootstrapOptions {
  std::size_t draws = 10'000;  ///< 0 = none
  std::uint64_t seed = 42;
  std::size_t workers = 0;
};

/// Who speaks in a clip, where that is known; speakers of two corpora are never one.
std::optional<std::string> speaker_of(const FusionClip& clip);

/// A distribution over the classes, whose it is and what is true.
struct SaidOfClip {
  const FusionClip* clip = nullptr;
  std::size_t truth = 0;
  std::span<const double> probabilities;  ///< empty: nothing was said
};
/// known_counts_words() of the clips whose speakers are known.
std::string known_counts_of(const std::vector<SaidOfClip>& said, std::size_t classes);

/// Clips as bootstrap units: by speaker where several of them are known, else each by itself.
struct BootstrapUnits {
  explicit BootstrapUnits(const std::vector<FusionClip>& clips);
  std::vector<std::size_t> unit_of_clip;
  std::size_t count = 0;
  std::size_t speakers = 0;         ///< 0: drawn by clip
  std::size_t without_speaker = 0;  ///< clips
  bool one_speaker = false;
  std::string person = "actor";  ///< what the clips' corpus calls one
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
  std::size_t answer = 0;                           ///< class index, as the following
  std::vector<std::optional<std::size_t>> answers;  ///< of each modality; none when it is missing
  std::vector<Change> against;                      ///< each modality alone

  /// A system is a modality, or behind them the fused one.
  std::optional<std::size_t> answer_of(std::size_t system) const;
  std::span<const double> probabilities_of(std::size_t system) const;
};

struct FoldResult {
  int fold = 0;
  std::size_t clips = 0;
  std::vector<std::optional<double>> accuracy, uar;  ///< of each system; nothing without clips
};

/// One way to fuse.
struct FusionChoice {
  const FusionRule* rule = &fusion_rules().front();
  bool scaled = false;  ///< all distributions with their fitted temperatures
  bool fitted() const { return scaled || rule->fitted; }
};

/// All metrics over one set of clips. Systems are the modalities, then all of them fused.
struct ScopeResult {
  std::string key;    ///< "all_clips" or "held_out"
  std::string title;  ///< for the tables
  std::size_t clips = 0;
  std::vector<SystemResult> systems;
  std::map<std::optional<std::size_t>, Tally> decided;  ///< by modality; none: several together
  Tally agreed;                                         ///< all modalities give the same answer
  Tally fell_back;                                      ///< a modality was missing
  // Of each modality:
  std::vector<std::size_t> without;           ///< clips that lack it
  std::vector<std::size_t> repaired, broken;  ///< answers of it alone, by fusion
  /// Clips its model trained on; nothing when its table does not say.
  std::vector<std::optional<std::size_t>> trained_on;
  std::vector<LeakVerdict> verdicts;
  /// Of each system, in words, that it seems to have known how often each person shows each class;
  /// "" where it does not. See known_class_counts().
  std::vector<std::string> known_counts;
  std::vector<FoldResult> folds;  ///< when every clip has one and there are several
  std::string bootstrap;          ///< "10000 draws over 24 actors", or "" without
};

/// The fused answer of some modalities of clip `index`; nothing when it has none of them. Throws
/// Error when the choice needs a fit and there is none.
std::optional<Fused> fuse_clip(const std::vector<FusionClip>& clips, std::size_t index,
                               const Modalities& modalities, const FusionChoice& choice,
                               const FusionFits& fits);

/// The fused answer of every clip; where the choice is fitted, of every clip it was not fitted on.
/// Throws Error when it needs a fit and there is none.
std::vector<FusedClip> fuse_all(const std::vector<FusionClip>& clips,
                                const std::vector<std::string>& classes, const FusionChoice& choice,
                                const FusionFits& fits);

/// Scores these clips.
ScopeResult evaluate_scope(const std::vector<FusedClip>& clips,
                           const std::vector<std::string>& classes,
                           const std::vector<ModalityInput>& inputs,
                           const BootstrapOptions& bootstrap);

/// The class of each clip.
std::vector<std::size_t> truths_of(const std::vector<FusionClip>& clips,
                                   const std::vector<std::string>& classes);

/// Means over folds, of which there are two or more; those without an answer have no say.
struct FoldMeans {
  std::optional<MeanOfFolds> accuracy, uar;
};
FoldMeans means_over(const std::map<int, ConfusionMatrix>& folds);

/// The mean of one system's accuracies, or recalls, over the folds that have it; nothing when none
/// has it.
std::optional<MeanOfFolds> mean_of_folds(const std::vector<FoldResult>& folds, std::size_t system,
                                         std::vector<std::optional<double>> FoldResult::*metric);

}  // namespace aver
