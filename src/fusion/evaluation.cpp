#include "fusion/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/error.h"
#include "corpus/frame_name.h"
#include "report/words.h"

namespace aver {
namespace {

ItemAnswers answers_of(const std::vector<FusionClip>& clips, std::size_t system) {
  ItemAnswers answers;
  for (const FusionClip& clip : clips) {
    const auto probabilities = clip.answers[system].probabilities();
    answers.push_back(probabilities.empty() ? std::nullopt : std::optional(argmax(probabilities)));
  }
  return answers;
}

/// Mean and deviation over folds, of a system whose clips all have one.
void add_folds(EvaluatedSystem& system, const std::vector<FusionClip>& clips, std::size_t position,
               const std::vector<std::string>& classes) {
  std::map<int, ConfusionMatrix> folds;
  const ConfusionMatrix names(classes);
  for (const FusionClip& clip : clips) {
    const ModalityAnswer& answer = clip.answers[position];
    if (!answer.row->fold) return;
    folds.try_emplace(*answer.row->fold, names)
        .first->second.add(names.index_of(clip.label), argmax(answer.probabilities()));
  }
  const FoldMeans means = means_over(folds);
  system.accuracy_of_folds = means.accuracy;
  system.uar_of_folds = means.uar;
}

/// Each two on the clips that test both.
std::vector<ComparedPair> compared(const std::vector<FusionClip>& clips,
                                   const std::vector<std::vector<bool>>& tested,
                                   const std::vector<std::string>& classes,
                                   const BootstrapOptions& options) {
  std::vector<ComparedPair> pairs;
  for (std::size_t one = 1; one < tested.size(); ++one) {
    for (std::size_t other = 0; other < one; ++other) {
      std::vector<bool> both = tested[one];
      for (std::size_t i = 0; i < both.size(); ++i) both[i] = both[i] && tested[other][i];
      const auto common = taken_of(clips, both);
      if (common.empty()) continue;
      const std::vector<bool> all(common.size(), true);
      const auto truths = truths_of(common, classes);
      const std::vector<ItemAnswers> answers = {answers_of(common, other), answers_of(common, one)};
      auto two = compare_systems(answers, {0, 1}, truths, all, classes);
      const auto scored = score_sets(common, {{other, all}, {one, all}}, classes, options);
      if (!scored.draws.empty()) add_differences(two, scored.draws, options.workers);
      ComparedPair pair{two.front(), common.size(), 1, {}, {}};
      pair.pair.one = one;
      pair.pair.other = other;
      pairs.push_back(std::move(pair));
    }
  }
  std::vector<double> mcnemar, accuracy, uar;
  for (const ComparedPair& pair : pairs) {
    mcnemar.push_back(pair.pair.mcnemar_p);
    if (!pair.pair.accuracy_difference) continue;
    accuracy.push_back(pair.pair.accuracy_difference->p);
    uar.push_back(pair.pair.uar_difference->p);
  }
  mcnemar = holm(mcnemar), accuracy = holm(accuracy), uar = holm(uar);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].mcnemar_holm = mcnemar[i];
    if (accuracy.empty()) continue;
    pairs[i].accuracy_holm = accuracy[i];
    pairs[i].uar_holm = uar[i];
  }
  return pairs;
}

/// Throws Error that names the columns there are, for one that no clip has.
[[noreturn]] void refuse_unknown_column(const std::string& column, const std::string& system,
                                        const std::vector<FusionClip>& clips) {
  std::set<std::string> known = {"label", "speaker"};
  for (const FusionClip& clip : clips) {
    for (const auto& [name, value] :
         clip.facts ? clip.facts->attributes : decltype(Clip::attributes)()) {
      known.insert(name);
    }
  }
  throw Error("no clip of {} has the column {}: what is known of them is {}", system, column,
              fmt::join(known, ", "));
}

/// The classes that every one of these results has clips of.
std::vector<std::string> common_classes(const std::vector<SystemResult>& results,
                                        const std::vector<std::string>& classes) {
  std::vector<std::string> common;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (std::ranges::all_of(results, [&](const SystemResult& result) {
          return result.scores.classes[c].support > 0;
        })) {
      common.push_back(classes[c]);
    }
  }
  return common;
}

ColumnGroups groups_of(const std::vector<FusionClip>& clips, std::size_t system,
                       const std::string& name, const std::string& column,
                       const std::vector<std::string>& classes, const BootstrapOptions& options) {
  ColumnGroups groups;
  groups.column = column;
  groups.system = system;
  std::map<std::string, AnswerSet> sets;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const std::string value = clips[i].facts ? clips[i].facts->value(column) : "";
    if (value.empty()) {
      ++groups.unknown;
      continue;
    }
    AnswerSet& set = sets.try_emplace(value, AnswerSet{system, {}}).first->second;
    set.taken.resize(clips.size());
    set.taken[i] = true;
  }
  if (sets.empty()) refuse_unknown_column(column, name, clips);
  std::vector<AnswerSet> in_order;
  for (const auto& [value, set] : sets) in_order.push_back(set);
  auto scored = score_sets(clips, in_order, classes, options);
  groups.common = common_classes(scored.results, classes);
  std::size_t position = 0;
  for (const auto& [value, set] : sets) {
    groups.values.emplace_back(value, scored.results[position++]);
  }
  if (groups.common.empty()) return groups;
  // Recalls of other classes would be compared otherwise.
  const std::set<std::string> common(groups.common.begin(), groups.common.end());
  bool others = false;
  for (AnswerSet& set : in_order) {
    for (std::size_t i = 0; i < clips.size(); ++i) {
      if (!set.taken[i] || common.contains(clips[i].label)) continue;
      set.taken[i] = false;
      others = true;
    }
  }
  if (others) scored = score_sets(clips, in_order, classes, options);
  const auto uar = [](const SystemResult& result) { return result.scores.uar; };
  const auto [worst, best] = std::ranges::minmax_element(scored.results, {}, uar);
  groups.worst = static_cast<std::size_t>(worst - scored.results.begin());
  groups.best = static_cast<std::size_t>(best - scored.results.begin());
  groups.gap = uar(*best) - uar(*worst);
  if (best->uar_interval && worst->uar_interval && groups.best != groups.worst) {
    groups.gap_interval =
        paired_difference(scored.draws[groups.best].uar, scored.draws[groups.worst].uar).interval;
  }
  return groups;
}

/// The values of a column that a fold's model trained on, or was chosen by.
std::vector<std::string> training_values(const CrossFold& fold, const std::string& column) {
  const std::string source = fold.input.front().table.string();
  if (!fold.input.front().split) {
    throw Error("{} does not say what its model trained on: give a run folder with its split.csv",
                source);
  }
  std::set<std::string> values;
  for (const SplitRow& row : fold.input.front().split->rows) {
    if (row.role == Role::test) continue;
    const auto clip = fold.input.front().clips.find(clip_of_item(row.item));
    const std::string value = clip ? clip->value(column) : "";
    if (value.empty()) throw Error("{}: {} has no {}", source, row.item, column);
    values.insert(value);
  }
  if (values.empty()) throw Error("{}: its split names no clip that trained", source);
  return {values.begin(), values.end()};
}

}  // namespace

ScoredSets score_sets(const std::vector<FusionClip>& clips, const std::vector<AnswerSet>& sets,
                      const std::vector<std::string>& classes, const BootstrapOptions& options) {
  ScoredSets scored;
  const auto truths = truths_of(clips, classes);
  const BootstrapUnits units(clips);
  std::vector<UnitOutcomes> outcomes;
  for (const AnswerSet& set : sets) {
    SystemResult result(classes);
    for (std::size_t i = 0; i < clips.size(); ++i) {
      if (set.taken[i]) result.add(truths[i], clips[i].answers[set.system].probabilities());
    }
    result.finish();
    scored.results.push_back(std::move(result));
    outcomes.push_back(outcomes_of(answers_of(clips, set.system), truths, units.unit_of_clip,
                                   units.count, set.taken, classes.size()));
  }
  if (options.draws == 0 || clips.empty()) return scored;
  scored.draws = bootstrap(outcomes, options.draws, options.seed, options.workers);
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::set<std::size_t> drawn;
    for (std::size_t i = 0; i < clips.size(); ++i) {
      if (sets[s].taken[i]) drawn.insert(units.unit_of_clip[i]);
    }
    // One speaker drawn again and again would look like a figure without any uncertainty.
    if (drawn.size() > 1) scored.results[s].take_intervals(scored.draws[s]);
  }
  scored.resampled = units.words(options.draws);
  return scored;
}

std::vector<bool> tested_by(const std::vector<FusionClip>& clips, std::size_t system) {
  const auto says_so = [&](const FusionClip& clip) {
    const ModalityAnswer& answer = clip.answers[system];
    return !answer.missing() && answer.seen == Seen::held_out;
  };
  const bool known = std::ranges::any_of(clips, says_so);
  std::vector<bool> tested;
  for (const FusionClip& clip : clips) {
    tested.push_back(known ? says_so(clip) : !clip.answers[system].missing());
  }
  return tested;
}

std::vector<FusionClip> taken_of(const std::vector<FusionClip>& clips,
                                 const std::vector<bool>& taken) {
  std::vector<FusionClip> some;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (taken[i]) some.push_back(clips[i]);
  }
  return some;
}

const CrossCell* CrossTable::find(const std::vector<std::string>& training,
                                  const std::string& tested) const {
  const auto found = std::ranges::find_if(cells, [&](const CrossCell& cell) {
    return cell.training == training && cell.tested == tested;
  });
  return found == cells.end() ? nullptr : &*found;
}

std::vector<std::vector<std::string>> CrossTable::training_sets() const {
  std::vector<std::vector<std::string>> sets;
  for (const CrossCell& cell : cells) {
    if (sets.empty() || sets.back() != cell.training) sets.push_back(cell.training);
  }
  return sets;
}

std::string CrossTable::words_of(const std::vector<std::string>& training) const {
  if (training.size() > 1 && training.size() + 1 == values.size()) {
    const auto missing = std::ranges::mismatch(values, training).in1;
    return "all but " + *missing;
  }
  return fmt::format("{}", fmt::join(training, " + "));
}

static std::vector<SaidOfClip> said_of(const std::vector<FusionClip>& clips, std::size_t system,
                                       const std::vector<std::string>& classes) {
  const auto truths = truths_of(clips, classes);
  std::vector<SaidOfClip> said;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    said.push_back({&clips[i], truths[i], clips[i].answers[system].probabilities()});
  }
  return said;
}

std::string remarks_on(const EvaluatedSystem& system) {
  std::string text = system.verdict.sentence();
  if (!system.known_counts.empty()) {
    text += fmt::format(" Leak check: LEAK. {}.", capitalised(system.known_counts));
  }
  if (!system.uses.empty()) text += fmt::format(" {}.", system.uses);
  return text;
}

bool Evaluation::cross_leaks() const {
  return std::ranges::any_of(cross, [](const CrossTable& table) {
    return std::ranges::any_of(table.cells,
                               [](const CrossCell& cell) { return !cell.leak.empty(); });
  });
}

Evaluation evaluate_systems(const std::vector<ModalityInput>& inputs,
                            const std::vector<FusionClip>& clips,
                            const std::vector<std::string>& groups,
                            const BootstrapOptions& options) {
  Evaluation evaluation;
  evaluation.classes = inputs.front().predictions.classes;
  evaluation.bootstrap = options;
  std::vector<std::vector<bool>> tested;
  for (std::size_t s = 0; s < inputs.size(); ++s) {
    tested.push_back(tested_by(clips, s));
    const auto own = taken_of(clips, tested.back());
    auto scored =
        score_sets(own, {{s, std::vector<bool>(own.size(), true)}}, evaluation.classes, options);
    EvaluatedSystem system{
        inputs[s].name,
        std::move(scored.results.front()),
        {},
        {},
        verdict(inputs[s], s, own),
        known_counts_of(said_of(own, s, evaluation.classes), evaluation.classes.size()),
        inputs[s].uses,
        std::move(scored.resampled)};
    add_folds(system, own, s, evaluation.classes);
    evaluation.systems.push_back(std::move(system));
    for (const std::string& column : groups) {
      evaluation.groups.push_back(
          groups_of(own, s, inputs[s].name, column, evaluation.classes, options));
    }
  }
  evaluation.pairs = compared(clips, tested, evaluation.classes, options);
  return evaluation;
}

CrossTable cross_table(std::string name, const std::string& column,
                       const std::vector<CrossFold>& folds, const BootstrapOptions& options) {
  /// What several folds add to one cell.
  struct Pooled {
    std::vector<FusionClip> clips;
    std::set<std::string> leaks;
    std::size_t folds = 0;
  };
  using Key = std::tuple<std::size_t, std::vector<std::string>, std::string>;
  std::map<Key, Pooled> cells;  // of sets with fewer values first
  CrossTable table;
  table.name = std::move(name);
  table.column = column;
  std::set<std::string> values;
  for (const CrossFold& fold : folds) {
    const auto training = training_values(fold, column);
    values.insert(training.begin(), training.end());
    std::map<std::string, std::vector<FusionClip>> tested;
    for (const FusionClip& clip : fold.clips) {
      const std::string value = clip.facts ? clip.facts->value(column) : "";
      if (value.empty())
        throw Error("{}: {} has no {}", fold.input.front().table.string(), clip.clip, column);
      table.labels[value].insert(clip.label);
      tested[value].push_back(clip);
    }
    for (auto& [value, clips] : tested) {
      values.insert(value);
      Pooled& cell = cells[{training.size(), training, value}];
      const LeakVerdict found = verdict(fold.input.front(), 0, clips);
      if (found.leaks()) cell.leaks.insert(found.seen());
      std::ranges::move(clips, std::back_inserter(cell.clips));
      ++cell.folds;
    }
  }
  table.values.assign(values.begin(), values.end());
  table.uses = folds.front().input.front().uses;
  const auto& classes = folds.front().input.front().predictions.classes;
  for (const auto& [key, pooled] : cells) {
    const std::vector<bool> all(pooled.clips.size(), true);
    auto scored = score_sets(pooled.clips, {{0, all}}, classes, options);
    table.cells.push_back({std::get<1>(key), std::get<2>(key), std::move(scored.results.front()),
                           pooled.folds, fmt::format("{}", fmt::join(pooled.leaks, "; "))});
  }
  return table;
}

}  // namespace aver
