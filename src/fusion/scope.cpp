#include "fusion/scope.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "base/error.h"
#include "corpus/known_corpora.h"
#include "eval/class_counts.h"
#include "eval/temperature.h"

namespace aver {
namespace {

std::optional<std::size_t> likeliest(std::span<const double> probabilities) {
  if (probabilities.empty()) return std::nullopt;
  return argmax(probabilities);
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

bool all_agree(const FusedClip& clip) {
  return std::all_of(clip.answers.begin(), clip.answers.end(),
                     [&](const auto& answer) { return answer && answer == clip.answers.front(); });
}

void count_clip(ScopeResult& scope, const FusedClip& clip) {
  const bool right = clip.answer == clip.truth;
  for (std::size_t s = 0; s < scope.systems.size(); ++s) {
    scope.systems[s].add(clip.truth, clip.probabilities_of(s));
  }
  count(scope.decided[clip.fused.decided_by], right);
  if (clip.fused.fell_back) count(scope.fell_back, right);
  if (all_agree(clip)) count(scope.agreed, right);
  for (std::size_t m = 0; m < clip.answers.size(); ++m) {
    scope.without[m] += clip.answers[m] ? 0 : 1;
    scope.repaired[m] += clip.against[m] == Change::repaired ? 1 : 0;
    scope.broken[m] += clip.against[m] == Change::broken ? 1 : 0;
  }
}

std::optional<std::size_t> trained_on(const std::vector<FusedClip>& clips, std::size_t modality) {
  std::size_t trained = 0;
  for (const FusedClip& clip : clips) {
    const ModalityAnswer& answer = clip.clip->answers[modality];
    if (answer.missing()) continue;
    if (answer.seen == Seen::unknown) return std::nullopt;
    trained += answer.seen == Seen::trained ? 1 : 0;
  }
  return trained;
}

std::vector<FoldResult> per_fold(const std::vector<FusedClip>& clips,
                                 const std::vector<std::string>& classes) {
  std::map<int, std::vector<ConfusionMatrix>> folds;
  for (const FusedClip& clip : clips) {
    if (!clip.clip->fold) return {};
    auto& matrices = folds[*clip.clip->fold];
    matrices.resize(clip.answers.size() + 1, ConfusionMatrix(classes));
    for (std::size_t s = 0; s < matrices.size(); ++s) {
      if (const auto answer = clip.answer_of(s)) matrices[s].add(clip.truth, *answer);
    }
  }
  if (folds.size() < 2) return {};
  std::vector<FoldResult> results;
  for (const auto& [fold, matrices] : folds) {
    FoldResult result{fold, matrices.back().total(), {}, {}};
    for (const ConfusionMatrix& matrix : matrices) {
      const Scores scores = score(matrix);
      result.accuracy.push_back(figure(scores, &Scores::accuracy));
      result.uar.push_back(figure(scores, &Scores::uar));
    }
    results.push_back(std::move(result));
  }
  return results;
}

void add_intervals(ScopeResult& scope, const std::vector<FusedClip>& clips,
                   const BootstrapUnits& units, const std::vector<std::string>& classes,
                   const BootstrapOptions& options) {
  if (options.draws == 0 || clips.empty()) return;
  std::vector<UnitOutcomes> outcomes(scope.systems.size(),
                                     UnitOutcomes(units.count, classes.size()));
  for (std::size_t i = 0; i < clips.size(); ++i) {
    for (std::size_t s = 0; s < outcomes.size(); ++s) {
      const auto answer = clips[i].answer_of(s);
      if (!answer) continue;
      outcomes[s].add(units.unit_of_clip[i], clips[i].truth, *answer == clips[i].truth);
    }
  }
  const auto draws = bootstrap(outcomes, options.draws, options.seed, options.workers);
  for (std::size_t s = 0; s < draws.size(); ++s) scope.systems[s].take_intervals(draws[s]);
  scope.bootstrap = units.words(options.draws);
}

/// A distribution with its modality's temperature; empty when it is missing.
std::vector<double> with_fitted_temperature(std::span<const double> answer, double temperature) {
  return answer.empty() ? std::vector<double>() : with_temperature(answer, temperature);
}

}  // namespace

std::optional<std::size_t> FusedClip::answer_of(std::size_t system) const {
  return system < answers.size() ? answers[system] : answer;
}

std::span<const double> FusedClip::probabilities_of(std::size_t system) const {
  if (system < answers.size()) return clip->answers[system].probabilities();
  return fused.probabilities;
}

std::string known_counts_of(const std::vector<SaidOfClip>& said, std::size_t classes) {
  std::map<std::string, std::size_t> people;
  std::vector<PersonAnswer> answers;
  for (const auto& [clip, truth, probabilities] : said) {
    const auto speaker = speaker_of(*clip);
    if (!speaker || probabilities.empty()) continue;
    const std::size_t person = people.try_emplace(*speaker, people.size()).first->second;
    answers.push_back({probabilities, truth, person});
  }
  return known_counts_words(known_class_counts(answers, classes));
}

std::optional<std::string> speaker_of(const FusionClip& clip) {
  if (!clip.facts || clip.facts->speaker.empty()) return std::nullopt;
  return fmt::format("{} {}", clip.facts->value("corpus"), clip.facts->speaker);
}

BootstrapUnits::BootstrapUnits(const std::vector<FusionClip>& clips) {
  std::set<std::string> found, words;
  for (const FusionClip& clip : clips) {
    const auto speaker = speaker_of(clip);
    if (speaker) {
      found.insert(*speaker);
      words.insert(person_of(*clip.facts));
    }
    without_speaker += speaker ? 0 : 1;
  }
  if (!words.empty()) person = words.size() == 1 ? *words.begin() : "speaker";
  // One speaker drawn again and again would look like a figure without any uncertainty.
  const bool by_speaker = found.size() > 1;
  speakers = by_speaker ? found.size() : 0;
  one_speaker = found.size() == 1 && without_speaker == 0;
  std::map<std::string, std::size_t> known;
  for (const FusionClip& clip : clips) {
    const auto speaker = by_speaker ? speaker_of(clip) : std::nullopt;
    const std::string unit = speaker ? "speaker " + *speaker : "clip " + clip.clip;
    unit_of_clip.push_back(known.try_emplace(unit, known.size()).first->second);
  }
  count = known.size();
}

std::string BootstrapUnits::words(std::size_t draws) const {
  if (speakers == 0) {
    return fmt::format(
        "{} draws over {} clips{}", draws, count,
        one_speaker ? fmt::format(" of one {0}, so nothing about other {0}s", person) : "");
  }
  return fmt::format("{} draws over {} {}s{}", draws, speakers, person,
                     without_speaker > 0 ? fmt::format(" and {} clips whose names tell no {}",
                                                       without_speaker, person)
                                         : "");
}

std::optional<Fused> fuse_clip(const std::vector<FusionClip>& clips, std::size_t index,
                               const Modalities& modalities, const FusionChoice& choice,
                               const FusionFits& fits) {
  const FusionClip& clip = clips[index];
  const Modalities present = present_in(clip, modalities);
  if (present.empty()) return std::nullopt;
  ModalityDistributions answers;
  for (const std::size_t m : modalities) answers.push_back(clip.answers[m].probabilities());
  if (!choice.fitted()) return fuse(ready_rule(*choice.rule), answers);

  const std::size_t fit = fits.fit_of_clip[index].value();
  std::vector<std::vector<double>> scaled(answers.size());  // spans point into it
  // What is left alone is calibrated where the rule's answers are.
  if (choice.scaled || (choice.rule->calibrated && present.size() == 1)) {
    const auto& temperatures = fits.of_all()[fit].temperatures;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      scaled[i] = with_fitted_temperature(answers[i], temperatures[modalities[i]]);
      answers[i] = scaled[i];
    }
  }
  if (present.size() == 1) return fuse(ReadyRule(), answers);  // it answers alone
  return fuse(fits.fits.at(present)[fit].ready(*choice.rule, choice.scaled), answers);
}

std::vector<FusedClip> fuse_all(const std::vector<FusionClip>& clips,
                                const std::vector<std::string>& classes, const FusionChoice& choice,
                                const FusionFits& fits) {
  if (choice.fitted() && !fits.possible()) {
    throw Error("the rule '{}'{} has to be fitted. {}", choice.rule->name,
                choice.scaled ? " with temperatures" : "", fits.note);
  }
  const ConfusionMatrix names(classes);
  std::vector<FusedClip> result;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (choice.fitted() && !fits.fit_of_clip[i]) continue;
    const FusionClip& clip = clips[i];
    FusedClip fused;
    fused.clip = &clip;
    fused.fused = fuse_clip(clips, i, all_modalities(clip.answers.size()), choice, fits).value();
    fused.truth = names.index_of(clip.label);
    fused.answer = argmax(fused.fused.probabilities);
    for (const ModalityAnswer& answer : clip.answers) {
      fused.answers.push_back(likeliest(answer.probabilities()));
      fused.against.push_back(change(fused.answers.back(), fused.answer, fused.truth));
    }
    result.push_back(std::move(fused));
  }
  return result;
}

ScopeResult evaluate_scope(const std::vector<FusedClip>& clips,
                           const std::vector<std::string>& classes,
                           const std::vector<ModalityInput>& inputs,
                           const BootstrapOptions& bootstrap) {
  ScopeResult scope;
  scope.clips = clips.size();
  scope.systems.assign(inputs.size() + 1, SystemResult(classes));
  for (auto* counts : {&scope.without, &scope.repaired, &scope.broken}) {
    counts->resize(inputs.size());
  }
  std::vector<FusionClip> scored;
  for (const FusedClip& clip : clips) {
    count_clip(scope, clip);
    scored.push_back(*clip.clip);
  }
  for (SystemResult& system : scope.systems) system.finish();
  add_intervals(scope, clips, BootstrapUnits(scored), classes, bootstrap);
  for (std::size_t m = 0; m < inputs.size(); ++m) {
    scope.trained_on.push_back(trained_on(clips, m));
    scope.verdicts.push_back(verdict(inputs[m], m, scored));
  }
  for (std::size_t s = 0; s < scope.systems.size(); ++s) {
    std::vector<SaidOfClip> said;
    for (const FusedClip& clip : clips) {
      said.push_back({clip.clip, clip.truth, clip.probabilities_of(s)});
    }
    scope.known_counts.push_back(known_counts_of(said, classes.size()));
  }
  scope.folds = per_fold(clips, classes);
  return scope;
}

std::vector<std::size_t> truths_of(const std::vector<FusionClip>& clips,
                                   const std::vector<std::string>& classes) {
  const ConfusionMatrix names(classes);
  std::vector<std::size_t> truths;
  for (const FusionClip& clip : clips) truths.push_back(names.index_of(clip.label));
  return truths;
}

FoldMeans means_over(const std::map<int, ConfusionMatrix>& folds) {
  if (folds.size() < 2) return {};
  std::vector<double> accuracies, recalls;
  for (const auto& [fold, matrix] : folds) {
    const Scores scores = score(matrix);
    if (scores.total == 0) continue;
    accuracies.push_back(scores.accuracy);
    recalls.push_back(scores.uar);
  }
  return {mean_of_folds(accuracies), mean_of_folds(recalls)};
}

std::optional<MeanOfFolds> mean_of_folds(const std::vector<FoldResult>& folds, std::size_t system,
                                         std::vector<std::optional<double>> FoldResult::*metric) {
  std::vector<double> values;
  for (const FoldResult& fold : folds) {
    if (const auto& value = (fold.*metric)[system]) values.push_back(*value);
  }
  return mean_of_folds(values);
}

}  // namespace aver
