#include "fusion/rules.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "eval/temperature.h"
#include "fusion/text.h"

namespace aver {
namespace {

/// What one system answers to each clip; nothing where it lacks its modality.
using Answers = std::vector<std::vector<double>>;

std::vector<double> modality_answer(const Prediction* row,
                                    const std::optional<double>& temperature) {
  if (row == nullptr) return {};
  return temperature ? with_temperature(row->probabilities, *temperature) : row->probabilities;
}

Answers modality_answers(const std::vector<FusionClip>& clips, const FusionFits& fits, bool audio,
                         bool scaled) {
  Answers answers;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    std::optional<double> temperature;
    if (scaled) {
      const FusionFit& fit = fits.fits[*fits.fit_of_clip[i]];
      temperature = audio ? fit.audio_temperature : fit.visual_temperature;
    }
    answers.push_back(modality_answer(audio ? clips[i].audio : clips[i].visual, temperature));
  }
  return answers;
}

struct NamedAnswers {
  RuleRow row;
  Answers answers;
  std::vector<std::optional<std::size_t>> classes;  ///< the likeliest one of each answer
};

std::vector<NamedAnswers> answers_of_all(const std::vector<FusionClip>& clips,
                                         const FusionFits& fits,
                                         const std::vector<std::string>& classes) {
  std::vector<NamedAnswers> systems;
  const auto add = [&](const std::string& key, bool scaled, Answers answers) {
    std::vector<std::optional<std::size_t>> likeliest;
    for (const auto& answer : answers) {
      likeliest.push_back(answer.empty() ? std::nullopt : std::optional(argmax(answer)));
    }
    systems.push_back(
        {{key, scaled, SystemResult(classes), {}, {}}, std::move(answers), std::move(likeliest)});
  };
  for (const bool scaled : {false, true}) {
    if (scaled && !fits.possible()) continue;
    add("audio", scaled, modality_answers(clips, fits, true, scaled));
    add("visual", scaled, modality_answers(clips, fits, false, scaled));
    for (const FusionRule rule : kFusionRules) {
      const FusionChoice choice{rule, scaled};
      if (choice.fitted() && !fits.possible()) continue;
      Answers answers;
      for (FusedClip& clip : fuse_all(clips, classes, choice, fits)) {
        answers.push_back(std::move(clip.fused.probabilities));
      }
      add(std::string(name_of(rule)), scaled, std::move(answers));
    }
  }
  return systems;
}

std::vector<std::size_t> truths_of(const std::vector<FusionClip>& clips,
                                   const std::vector<std::string>& classes) {
  const ConfusionMatrix names(classes);
  std::vector<std::size_t> truths;
  for (const FusionClip& clip : clips) truths.push_back(names.index_of(clip.label));
  return truths;
}

void add_fold_means(NamedAnswers& system, const std::vector<FusionClip>& clips,
                    const std::vector<std::size_t>& truths,
                    const std::vector<std::string>& classes) {
  std::map<int, ConfusionMatrix> folds;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (!clips[i].fold) return;
    if (!system.classes[i]) continue;
    auto& matrix = folds.try_emplace(*clips[i].fold, ConfusionMatrix(classes)).first->second;
    matrix.add(truths[i], *system.classes[i]);
  }
  if (folds.size() < 2) return;
  std::vector<double> accuracies, recalls;
  for (const auto& [fold, matrix] : folds) {
    const Scores scores = score(matrix);
    accuracies.push_back(scores.accuracy);
    recalls.push_back(scores.uar);
  }
  system.row.accuracy_of_folds = mean_of_folds(accuracies);
  system.row.uar_of_folds = mean_of_folds(recalls);
}

UnitOutcomes outcomes_of(const NamedAnswers& system, const std::vector<std::size_t>& truths,
                         const BootstrapUnits& units, const std::vector<bool>& taken,
                         std::size_t classes) {
  UnitOutcomes outcomes(units.count, classes);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (!system.classes[i] || !taken[i]) continue;
    outcomes.add(units.unit_of_clip[i], truths[i], *system.classes[i] == truths[i]);
  }
  return outcomes;
}

std::vector<RulePair> pairs_of(const std::vector<NamedAnswers>& systems,
                               const std::vector<std::size_t>& truths,
                               const std::vector<bool>& taken) {
  const auto alone = [&](std::size_t row) {
    return systems[row].row.key == "audio" || systems[row].row.key == "visual";
  };
  std::vector<RulePair> pairs;
  for (std::size_t one = 0; one < systems.size(); ++one) {
    if (alone(one) && systems[one].row.scaled) continue;
    for (std::size_t other = 0; other < one; ++other) {
      if (alone(other) && systems[other].row.scaled) continue;
      RulePair pair;
      pair.one = one;
      pair.other = other;
      for (std::size_t i = 0; i < truths.size(); ++i) {
        if (!taken[i]) continue;
        const bool one_right = systems[one].classes[i] == truths[i];
        const bool other_right = systems[other].classes[i] == truths[i];
        pair.only_one += one_right && !other_right ? 1 : 0;
        pair.only_other += other_right && !one_right ? 1 : 0;
      }
      pair.mcnemar_p = mcnemar_exact(pair.only_one, pair.only_other);
      pairs.push_back(pair);
    }
  }
  return pairs;
}

std::vector<Scores> scores_on(const std::vector<NamedAnswers>& systems,
                              const std::vector<std::size_t>& truths,
                              const std::vector<bool>& taken,
                              const std::vector<std::string>& classes) {
  std::vector<Scores> scores;
  for (const NamedAnswers& system : systems) {
    ConfusionMatrix matrix(classes);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      if (taken[i]) matrix.add(truths[i], *system.classes[i]);
    }
    scores.push_back(score(matrix));
  }
  return scores;
}

std::vector<BootstrapDraws> draws_of(const std::vector<NamedAnswers>& systems,
                                     const std::vector<std::size_t>& truths,
                                     const BootstrapUnits& units, const std::vector<bool>& taken,
                                     std::size_t classes, const BootstrapOptions& options) {
  std::vector<UnitOutcomes> outcomes;
  for (const NamedAnswers& system : systems) {
    outcomes.push_back(outcomes_of(system, truths, units, taken, classes));
  }
  return bootstrap(outcomes, options.draws, options.seed, options.workers);
}

void add_differences(std::vector<RulePair>& pairs, const std::vector<BootstrapDraws>& draws,
                     std::size_t workers) {
  const auto worker = [&] {
    return [&](std::size_t i) {
      const BootstrapDraws &one = draws[pairs[i].one], &other = draws[pairs[i].other];
      return std::pair(paired_difference(one.accuracy, other.accuracy),
                       paired_difference(one.uar, other.uar));
    };
  };
  parallel_map(pairs.size(), workers, worker, [&](std::size_t i, auto differences) {
    pairs[i].accuracy_difference = differences.first;
    pairs[i].uar_difference = differences.second;
  });
}

}  // namespace

std::string words_of(const std::string& key) {
  if (key == "audio") return "sound";
  if (key == "visual") return "picture";
  return key == "max-confidence" ? "maximum confidence" : key;
}

std::string words_of(const RuleRow& row) {
  return words_of(row.key) + (row.scaled ? ", temperatures" : "");
}

RuleTable compare_rules(const std::vector<FusionClip>& clips, const FusionFits& fits,
                        const std::vector<std::string>& classes, const BootstrapOptions& options) {
  RuleTable table;
  table.clips = clips.size();
  auto systems = answers_of_all(clips, fits, classes);
  const auto truths = truths_of(clips, classes);
  std::vector<bool> both;
  for (const FusionClip& clip : clips) {
    both.push_back(clip.audio != nullptr && clip.visual != nullptr);
  }
  table.pair_clips = static_cast<std::size_t>(std::count(both.begin(), both.end(), true));
  for (NamedAnswers& system : systems) {
    for (std::size_t i = 0; i < clips.size(); ++i)
      system.row.result.add(truths[i], system.answers[i]);
    system.row.result.finish();
    add_fold_means(system, clips, truths, classes);
  }
  table.pairs = pairs_of(systems, truths, both);
  const auto scores = scores_on(systems, truths, both, classes);
  for (RulePair& pair : table.pairs) {
    pair.accuracy = scores[pair.one].accuracy - scores[pair.other].accuracy;
    pair.uar = scores[pair.one].uar - scores[pair.other].uar;
  }
  if (options.draws > 0 && !clips.empty()) {
    const BootstrapUnits units(clips);
    const std::vector<bool> all(clips.size(), true);
    auto draws = draws_of(systems, truths, units, all, classes.size(), options);
    for (std::size_t s = 0; s < systems.size(); ++s) systems[s].row.result.take_intervals(draws[s]);
    if (both != all) draws = draws_of(systems, truths, units, both, classes.size(), options);
    if (table.pair_clips > 0) add_differences(table.pairs, draws, options.workers);
    table.bootstrap = units.words(options.draws);
  }
  for (NamedAnswers& system : systems) table.rows.push_back(std::move(system.row));
  return table;
}

std::optional<RulePair> pair_of(const RuleTable& rules, std::size_t one, std::size_t other) {
  for (RulePair pair : rules.pairs) {
    if (pair.one == one && pair.other == other) return pair;
    if (pair.one != other || pair.other != one) continue;
    std::swap(pair.one, pair.other);
    std::swap(pair.only_one, pair.only_other);
    pair.accuracy = -pair.accuracy;
    pair.uar = -pair.uar;
    for (auto* difference : {&pair.accuracy_difference, &pair.uar_difference}) {
      if (!*difference) continue;
      Interval& interval = (*difference)->interval;
      interval = {-interval.high, -interval.low};
    }
    return pair;
  }
  return std::nullopt;
}

std::size_t better_modality(const RuleTable& rules) {
  return rules.rows[0].result.scores.accuracy >= rules.rows[1].result.scores.accuracy ? 0 : 1;
}

}  // namespace aver
