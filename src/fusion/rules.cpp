#include "fusion/rules.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.h"
#include "fusion/modalities.h"

namespace aver {
namespace {

/// What one system answers to each clip; nothing where it lacks its modality.
using Answers = std::vector<std::vector<double>>;

struct SystemAnswers {
  SystemRow row;
  Answers answers;
  ItemAnswers classes;  ///< the likeliest one of each answer
};

/// What some modalities answer together, or one of them alone.
Answers answers_of(const std::vector<FusionClip>& clips, const Modalities& modalities,
                   const FusionChoice& choice, const FusionFits& fits) {
  Answers answers;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    auto fused = fuse_clip(clips, i, modalities, choice, fits);
    answers.push_back(fused ? std::move(fused->probabilities) : std::vector<double>());
  }
  return answers;
}

SystemAnswers system_of(SystemRow row, Answers answers) {
  SystemAnswers system{std::move(row), std::move(answers), {}};
  for (const auto& answer : system.answers) {
    system.classes.push_back(answer.empty() ? std::nullopt : std::optional(argmax(answer)));
  }
  return system;
}

SystemRow row_of(std::string key, std::string words, std::size_t series, bool scaled,
                 const std::vector<std::string>& classes) {
  return {std::move(key), std::move(words), false, series, scaled, SystemResult(classes), {}, {}};
}

SystemRow row_of_modality(const std::vector<std::string>& modalities, std::size_t modality,
                          bool scaled, const std::vector<std::string>& classes) {
  const SystemName name = system_names(modalities)[modality];
  SystemRow row = row_of(name.key, name.words, name.series, scaled, classes);
  row.alone = true;
  return row;
}

std::vector<std::string> names_of(const Modalities& set,
                                  const std::vector<std::string>& modalities) {
  std::vector<std::string> names;
  for (const std::size_t m : set) names.push_back(modalities[m]);
  return names;
}

/// "audio + visual"; of four modalities or more also "all but text" and "all".
std::string words_of(const Modalities& set, const std::vector<std::string>& modalities) {
  if (modalities.size() > 3 && set.size() == modalities.size()) return "all";
  if (modalities.size() > 3 && set.size() + 1 == modalities.size()) {
    std::size_t missing = 0;
    while (missing < set.size() && set[missing] == missing) ++missing;
    return "all but " + modalities[missing];
  }
  return fmt::format("{}", fmt::join(names_of(set, modalities), " + "));
}

void add_fold_means(SystemAnswers& system, const std::vector<FusionClip>& clips,
                    const std::vector<std::size_t>& truths,
                    const std::vector<std::string>& classes) {
  std::map<int, ConfusionMatrix> folds;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (!clips[i].fold) return;
    auto& matrix = folds.try_emplace(*clips[i].fold, ConfusionMatrix(classes)).first->second;
    if (system.classes[i]) matrix.add(truths[i], *system.classes[i]);
  }
  if (folds.size() < 2) return;
  const FoldMeans means = means_over(folds);
  system.row.folds = folds.size();
  system.row.accuracy_of_folds = means.accuracy;
  system.row.uar_of_folds = means.uar;
}

/// Temperatures do not change what one modality answers.
bool answers_as_unscaled(const SystemRow& row) {
  return row.alone && row.scaled;
}

/// The systems that are compared with each other.
std::vector<std::size_t> compared_rows(const std::vector<SystemAnswers>& systems) {
  std::vector<std::size_t> rows;
  for (std::size_t s = 0; s < systems.size(); ++s) {
    if (!answers_as_unscaled(systems[s].row)) rows.push_back(s);
  }
  return rows;
}

/// Scores the systems and compares each two of them.
SystemTable table_of(std::vector<SystemAnswers> systems, const std::vector<FusionClip>& clips,
                     const std::vector<std::string>& classes, const BootstrapOptions& options) {
  SystemTable table;
  table.clips = clips.size();
  const auto truths = truths_of(clips, classes);
  std::vector<bool> whole;
  for (const FusionClip& clip : clips) whole.push_back(clip.complete());
  table.pair_clips = static_cast<std::size_t>(std::count(whole.begin(), whole.end(), true));
  for (SystemAnswers& system : systems) {
    for (std::size_t i = 0; i < clips.size(); ++i)
      system.row.result.add(truths[i], system.answers[i]);
    system.row.result.finish();
    add_fold_means(system, clips, truths, classes);
  }
  std::vector<ItemAnswers> answers;
  for (const SystemAnswers& system : systems) answers.push_back(system.classes);
  table.pairs = compare_systems(answers, compared_rows(systems), truths, whole, classes);
  if (options.draws > 0 && !clips.empty()) {
    const BootstrapUnits units(clips);
    const auto draws_on = [&](const std::vector<bool>& taken) {
      std::vector<UnitOutcomes> outcomes;
      for (const ItemAnswers& system : answers) {
        outcomes.push_back(
            outcomes_of(system, truths, units.unit_of_clip, units.count, taken, classes.size()));
      }
      return bootstrap(outcomes, options.draws, options.seed, options.workers);
    };
    const std::vector<bool> all(clips.size(), true);
    auto draws = draws_on(all);
    for (std::size_t s = 0; s < systems.size(); ++s) systems[s].row.result.take_intervals(draws[s]);
    if (whole != all) draws = draws_on(whole);
    if (table.pair_clips > 0) add_differences(table.pairs, draws, options.workers);
    table.bootstrap = units.words(options.draws);
  }
  for (SystemAnswers& system : systems) table.rows.push_back(std::move(system.row));
  return table;
}

}  // namespace

std::string SystemRow::title() const {
  return words + (scaled ? ", temperatures" : "");
}

SystemTable compare_rules(const std::vector<FusionClip>& clips, const FusionFits& fits,
                          const std::vector<std::string>& modalities,
                          const std::vector<std::string>& classes,
                          const BootstrapOptions& options) {
  std::vector<SystemAnswers> systems;
  const Modalities all = all_modalities(modalities.size());
  for (const bool scaled : {false, true}) {
    if (scaled && !fits.possible()) continue;
    for (const std::size_t m : all) {
      systems.push_back(system_of(row_of_modality(modalities, m, scaled, classes),
                                  answers_of(clips, {m}, {&fusion_rules().front(), scaled}, fits)));
    }
    for (const FusionRule& rule : fusion_rules()) {
      const FusionChoice choice{&rule, scaled};
      if (choice.fitted() && !fits.possible()) continue;
      systems.push_back(system_of(
          row_of(std::string(rule.name), std::string(rule.words), kFusedSeries, scaled, classes),
          answers_of(clips, all, choice, fits)));
    }
  }
  return table_of(std::move(systems), clips, classes, options);
}

std::vector<Modalities> combinations_of(std::size_t modalities) {
  constexpr std::size_t kMostForAllSets = 5;
  std::vector<Modalities> sets;
  for (std::size_t size = 1; size <= modalities; ++size) {
    if (modalities > kMostForAllSets && size > 2 && size + 1 < modalities) continue;
    // Marks of the chosen ones, from the first `size` on in falling order.
    std::vector<bool> chosen(modalities, false);
    std::fill_n(chosen.begin(), size, true);
    do {
      Modalities set;
      for (std::size_t m = 0; m < modalities; ++m) {
        if (chosen[m]) set.push_back(m);
      }
      sets.push_back(std::move(set));
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
  }
  return sets;
}

SystemTable compare_combinations(const std::vector<FusionClip>& clips, const FusionFits& fits,
                                 const FusionChoice& choice,
                                 const std::vector<Modalities>& combinations,
                                 const std::vector<std::string>& modalities,
                                 const std::vector<std::string>& classes,
                                 const BootstrapOptions& options) {
  std::vector<SystemAnswers> systems;
  for (const Modalities& set : combinations) {
    SystemRow row = set.size() == 1
                        ? row_of_modality(modalities, set.front(), false, classes)
                        : row_of(fmt::format("{}", fmt::join(names_of(set, modalities), "+")),
                                 words_of(set, modalities), kFusedSeries, false, classes);
    systems.push_back(system_of(std::move(row), answers_of(clips, set, choice, fits)));
  }
  return table_of(std::move(systems), clips, classes, options);
}

std::size_t best_modality(const SystemTable& systems) {
  std::size_t best = 0;
  const auto accuracy = [&](std::size_t row) { return systems.rows[row].result.scores.accuracy; };
  for (std::size_t i = 1; i < systems.rows.size(); ++i) {
    const SystemRow& row = systems.rows[i];
    if (row.alone && !row.scaled && accuracy(i) > accuracy(best)) best = i;
  }
  return best;
}

}  // namespace aver
