#include "pipeline/fusion_scope.h"

#include <algorithm>
#include <cmath>

namespace aver {
namespace {

std::span<const double> distribution(const Prediction* row) {
  return row == nullptr ? std::span<const double>() : std::span<const double>(row->probabilities);
}

std::optional<std::size_t> answer_of(const Prediction* row) {
  if (row == nullptr) return std::nullopt;
  return argmax(row->probabilities);
}

Change change(std::optional<std::size_t> before, std::size_t after, std::size_t truth) {
  if (!before) return Change::none;
  if (*before != truth && after == truth) return Change::repaired;
  return *before == truth && after != truth ? Change::broken : Change::none;
}

void count(Tally& tally, bool right) {
  ++tally.clips;
  tally.right += right ? 1 : 0;
}

void answer(SystemResult& system, std::size_t truth, std::span<const double> probabilities) {
  if (probabilities.empty()) return;
  const std::size_t best = argmax(probabilities);
  system.matrix.add(truth, best);
  system.answers.push_back({probabilities[best], best == truth});
}

void count_clip(ScopeResult& scope, const FusedClip& clip) {
  const bool right = clip.answer == clip.truth;
  answer(scope.systems[0], clip.truth, distribution(clip.clip->audio));
  answer(scope.systems[1], clip.truth, distribution(clip.clip->visual));
  answer(scope.systems[2], clip.truth, clip.fused.probabilities);
  count(scope.decided[clip.fused.decided_by], right);
  if (clip.fused.fell_back) count(scope.fell_back, right);
  scope.without_audio += clip.clip->audio == nullptr ? 1 : 0;
  scope.without_visual += clip.clip->visual == nullptr ? 1 : 0;
  if (clip.audio_answer && clip.audio_answer == clip.visual_answer) count(scope.agreed, right);
  const std::array<Change, 2> changes = {clip.against_audio, clip.against_visual};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    scope.repaired[i] += changes[i] == Change::repaired ? 1 : 0;
    scope.broken[i] += changes[i] == Change::broken ? 1 : 0;
  }
}

std::optional<std::size_t> trained_on(const std::vector<FusedClip>& clips, bool audio) {
  std::size_t trained = 0;
  for (const FusedClip& clip : clips) {
    if ((audio ? clip.clip->audio : clip.clip->visual) == nullptr) continue;
    const Seen seen = audio ? clip.clip->audio_seen : clip.clip->visual_seen;
    if (seen == Seen::unknown) return std::nullopt;
    trained += seen == Seen::trained ? 1 : 0;
  }
  return trained;
}

std::vector<FoldResult> per_fold(const std::vector<FusedClip>& clips) {
  std::map<int, std::array<Tally, 3>> folds;
  for (const FusedClip& clip : clips) {
    if (!clip.clip->fold) return {};
    auto& tallies = folds[*clip.clip->fold];
    if (clip.audio_answer) count(tallies[0], *clip.audio_answer == clip.truth);
    if (clip.visual_answer) count(tallies[1], *clip.visual_answer == clip.truth);
    count(tallies[2], clip.answer == clip.truth);
  }
  if (folds.size() < 2) return {};
  std::vector<FoldResult> results;
  for (const auto& [fold, tallies] : folds) {
    results.push_back(
        {fold, tallies[2].clips, {tallies[0].share(), tallies[1].share(), tallies[2].share()}});
  }
  return results;
}

}  // namespace

std::vector<FusedClip> fuse_all(const std::vector<FusionClip>& clips,
                                const std::vector<std::string>& classes, FusionRule rule) {
  const ConfusionMatrix names(classes);
  std::vector<FusedClip> result;
  for (const FusionClip& clip : clips) {
    FusedClip fused;
    fused.clip = &clip;
    fused.fused = fuse(rule, distribution(clip.audio), distribution(clip.visual));
    fused.truth = names.index_of(clip.label);
    fused.answer = argmax(fused.fused.probabilities);
    fused.audio_answer = answer_of(clip.audio);
    fused.visual_answer = answer_of(clip.visual);
    fused.against_audio = change(fused.audio_answer, fused.answer, fused.truth);
    fused.against_visual = change(fused.visual_answer, fused.answer, fused.truth);
    result.push_back(std::move(fused));
  }
  return result;
}

ScopeResult evaluate_scope(const std::vector<FusedClip>& clips,
                           const std::vector<std::string>& classes, const ModalityInput& audio,
                           const ModalityInput& visual) {
  ScopeResult scope;
  scope.clips = clips.size();
  scope.systems.assign(kSystems.size(), SystemResult{ConfusionMatrix(classes), {}, 0, {}});
  std::vector<FusionClip> scored;
  for (const FusedClip& clip : clips) {
    count_clip(scope, clip);
    scored.push_back(*clip.clip);
  }
  for (SystemResult& system : scope.systems) {
    system.scores = score(system.matrix);
    system.calibration_error = expected_calibration_error(system.answers);
  }
  scope.trained_on = {trained_on(clips, true), trained_on(clips, false)};
  scope.verdicts = {verdict(audio, scored), verdict(visual, scored)};
  scope.folds = per_fold(clips);
  return scope;
}

MeanOfFolds mean_of_folds(const std::vector<FoldResult>& folds, std::size_t system) {
  MeanOfFolds result;
  for (const FoldResult& fold : folds) result.mean += fold.accuracy[system];
  result.mean /= static_cast<double>(folds.size());
  double squares = 0;
  for (const FoldResult& fold : folds) {
    squares += std::pow(fold.accuracy[system] - result.mean, 2);
  }
  result.deviation = std::sqrt(squares / static_cast<double>(folds.size() - 1));
  return result;
}

}  // namespace aver
