#include "fusion/scope.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "base/error.h"
#include "corpus/clip_id.h"
#include "eval/temperature.h"

namespace aver {
namespace {

std::vector<double> scaled(const Prediction* row, double temperature) {
  return row == nullptr ? std::vector<double>() : with_temperature(row->probabilities, temperature);
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

void count_clip(ScopeResult& scope, const FusedClip& clip) {
  const bool right = clip.answer == clip.truth;
  scope.systems[0].add(clip.truth, distribution(clip.clip->audio));
  scope.systems[1].add(clip.truth, distribution(clip.clip->visual));
  scope.systems[2].add(clip.truth, clip.fused.probabilities);
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

constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

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

std::vector<FoldResult> per_fold(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes) {
  std::map<int, std::vector<ConfusionMatrix>> folds;
  for (const FusedClip& clip : clips) {
    if (!clip.clip->fold) return {};
    auto& matrices = folds[*clip.clip->fold];
    matrices.resize(kSystems.size(), ConfusionMatrix(classes));
    if (clip.audio_answer) matrices[0].add(clip.truth, *clip.audio_answer);
    if (clip.visual_answer) matrices[1].add(clip.truth, *clip.visual_answer);
    matrices[2].add(clip.truth, clip.answer);
  }
  if (folds.size() < 2) return {};
  std::vector<FoldResult> results;
  for (const auto& [fold, matrices] : folds) {
    FoldResult result{fold, matrices.back().total(), {}, {}};
    for (std::size_t i = 0; i < matrices.size(); ++i) {
      const Scores scores = score(matrices[i]);
      const bool scored = scores.total > 0;
      result.accuracy[i] = scored ? scores.accuracy : kNoFigure;
      result.uar[i] = scored ? scores.uar : kNoFigure;
    }
    results.push_back(result);
  }
  return results;
}

void add_intervals(ScopeResult& scope, const std::vector<FusedClip>& clips,
                   const BootstrapUnits& units, const std::vector<std::string>& classes,
                   const BootstrapOptions& options) {
  if (options.draws == 0 || clips.empty()) return;
  std::vector<UnitOutcomes> outcomes(kSystems.size(), UnitOutcomes(units.count, classes.size()));
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const FusedClip& clip = clips[i];
    const std::array<std::optional<std::size_t>, 3> answers = {clip.audio_answer,
                                                               clip.visual_answer, clip.answer};
    for (std::size_t s = 0; s < answers.size(); ++s) {
      if (!answers[s]) continue;
      outcomes[s].add(units.unit_of_clip[i], clip.truth, *answers[s] == clip.truth);
    }
  }
  const auto draws = bootstrap(outcomes, options.draws, options.seed, options.workers);
  for (std::size_t s = 0; s < kSystems.size(); ++s) scope.systems[s].take_intervals(draws[s]);
  scope.bootstrap = units.words(options.draws);
}

}  // namespace

void SystemResult::add(std::size_t truth, std::span<const double> probabilities) {
  if (probabilities.empty()) return;
  const std::size_t best = argmax(probabilities);
  matrix.add(truth, best);
  answers.push_back({probabilities[best], best == truth, probabilities[truth]});
}

void SystemResult::finish() {
  scores = score(matrix);
  calibration_error = expected_calibration_error(answers);
  negative_log_likelihood = aver::negative_log_likelihood(answers);
  area_under_risk_coverage = aver::area_under_risk_coverage(answers);
}

void SystemResult::take_intervals(const BootstrapDraws& draws) {
  if (scores.total == 0) return;
  accuracy_interval = percentile_interval(draws.accuracy);
  uar_interval = percentile_interval(draws.uar);
}

BootstrapUnits::BootstrapUnits(const std::vector<FusionClip>& clips) {
  std::set<std::string> found;
  for (const FusionClip& clip : clips) {
    const auto actor = actor_of(clip.clip);
    if (actor) found.insert(*actor);
    without_actor += actor ? 0 : 1;
  }
  // One actor drawn again and again would look like a figure without any uncertainty.
  const bool by_actor = found.size() > 1;
  actors = by_actor ? found.size() : 0;
  one_actor = found.size() == 1 && without_actor == 0;
  std::map<std::string, std::size_t> known;
  for (const FusionClip& clip : clips) {
    const auto actor = by_actor ? actor_of(clip.clip) : std::nullopt;
    const std::string unit = actor ? "actor " + *actor : "clip " + clip.clip;
    unit_of_clip.push_back(known.try_emplace(unit, known.size()).first->second);
  }
  count = known.size();
}

std::string BootstrapUnits::words(std::size_t draws) const {
  if (actors == 0) {
    return fmt::format("{} draws over {} clips{}", draws, count,
                       one_actor ? " of one actor, so nothing about other actors" : "");
  }
  return fmt::format("{} draws over {} actors{}", draws, actors,
                     without_actor > 0
                         ? fmt::format(" and {} clips whose names tell no actor", without_actor)
                         : "");
}

std::vector<FusedClip> fuse_all(const std::vector<FusionClip>& clips,
                                const std::vector<std::string>& classes, const FusionChoice& choice,
                                const FusionFits& fits) {
  if (choice.fitted() && !fits.possible()) {
    throw Error("the rule '{}'{} has to be fitted. {}", name_of(choice.rule),
                choice.scaled ? " with temperatures" : "", fits.note);
  }
  const ConfusionMatrix names(classes);
  const FusionFit unfitted;
  std::vector<FusedClip> result;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const FusionClip& clip = clips[i];
    const auto& fit_index = fits.fit_of_clip[i];
    if (choice.fitted() && !fit_index) continue;
    const FusionFit& fit = choice.fitted() ? fits.fits[*fit_index] : unfitted;
    FusedClip fused;
    fused.clip = &clip;
    if (choice.scaled) {
      fused.fused = fuse(choice.rule, scaled(clip.audio, fit.audio_temperature),
                         scaled(clip.visual, fit.visual_temperature), fit.scaled);
    } else {
      fused.fused =
          fuse(choice.rule, distribution(clip.audio), distribution(clip.visual), fit.plain);
    }
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
                           const ModalityInput& visual, const BootstrapOptions& bootstrap) {
  ScopeResult scope;
  scope.clips = clips.size();
  scope.systems.assign(kSystems.size(), SystemResult(classes));
  std::vector<FusionClip> scored;
  for (const FusedClip& clip : clips) {
    count_clip(scope, clip);
    scored.push_back(*clip.clip);
  }
  for (SystemResult& system : scope.systems) system.finish();
  add_intervals(scope, clips, BootstrapUnits(scored), classes, bootstrap);
  scope.trained_on = {trained_on(clips, true), trained_on(clips, false)};
  scope.verdicts = {verdict(audio, scored), verdict(visual, scored)};
  scope.folds = per_fold(clips, classes);
  return scope;
}

std::vector<double> by_fold(const std::vector<FoldResult>& folds, std::size_t system,
                            const std::array<double, 3> FoldResult::*figure) {
  std::vector<double> result;
  for (const FoldResult& fold : folds) result.push_back((fold.*figure)[system]);
  return result;
}

}  // namespace aver
