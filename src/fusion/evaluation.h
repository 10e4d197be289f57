#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "eval/system_pairs.h"
#include "eval/system_result.h"
#include "fusion/input.h"
#include "fusion/scope.h"

namespace aver {

// What aver-evaluate says of models as they are, each on the clips that test it.

/// Some answers of one system, over a list of clips.
struct AnswerSet {
  std::size_t system = 0;
  std::vector<bool> taken;  ///< for each clip
};

/// Scores of such sets, with intervals from the same draws of speakers.
struct ScoredSets {
  std::vector<SystemResult> results;
  std::vector<BootstrapDraws> draws;  ///< none where no intervals were asked for
  std::string resampled;              ///< "10000 draws over 19 actors", or ""
};
ScoredSets score_sets(const std::vector<FusionClip>& clips, const std::vector<AnswerSet>& sets,
                      const std::vector<std::string>& classes, const BootstrapOptions& options);

/// Of each clip, whether it tests the system: where nothing says so, every clip it answers.
std::vector<bool> tested_by(const std::vector<FusionClip>& clips, std::size_t system);
std::vector<FusionClip> taken_of(const std::vector<FusionClip>& clips,
                                 const std::vector<bool>& taken);

/// One model, or the joined models of several folds.
struct EvaluatedSystem {
  std::string name;
  SystemResult result;
  std::optional<MeanOfFolds> accuracy_of_folds, uar_of_folds;  ///< of two folds and more
  LeakVerdict verdict;
  std::string known_counts;  ///< of classes of each person, as known_counts_words() says it
  std::string uses;
  std::string resampled;  ///< what its intervals draw
};

/// Two systems over the clips that both are tested on, and p values after Holm's correction for
/// all pairs.
struct ComparedPair {
  SystemPair pair;
  std::size_t clips = 0;
  double mcnemar_holm = 1;
  std::optional<double> accuracy_holm, uar_holm;  ///< with a bootstrap
};

/// One system on the clips of each value of a column.
struct ColumnGroups {
  std::string column;
  std::size_t system = 0;
  std::vector<std::pair<std::string, SystemResult>> values;  ///< sorted by value
  std::size_t unknown = 0;                                   ///< clips without a value
  /// Classes of which each value has clips: the gap is over these alone.
  std::vector<std::string> common;
  std::size_t best = 0, worst = 0;       ///< positions in `values`, by unweighted average recall
  double gap = 0;                        ///< between these two
  std::optional<Interval> gap_interval;  ///< of these two as they are, not of having been chosen
};

/// What was trained on some values of a column and tested on one.
struct CrossCell {
  std::vector<std::string> training;  ///< values, sorted
  std::string tested;
  SystemResult result;
  std::size_t folds = 0;
  std::string leak;  ///< what training has seen of the test clips; "" = nothing was found
};
struct CrossTable {
  std::string name;  ///< of the run
  std::string column;
  std::vector<std::string> values;  ///< all, sorted
  std::vector<CrossCell> cells;     ///< by training set, single values first, then by value
  std::map<std::string, std::set<std::string>> labels;  ///< of the tested clips of each value
  std::string uses;

  const CrossCell* find(const std::vector<std::string>& training, const std::string& tested) const;
  /// The sets of values that something was trained on, single ones first.
  std::vector<std::vector<std::string>> training_sets() const;
  /// "emo-db", "all but emo-db", "a + b"
  std::string words_of(const std::vector<std::string>& training) const;
};

/// The verdict of a system, and whatever else a reader must know of its answers, in sentences.
std::string remarks_on(const EvaluatedSystem& system);

struct Evaluation {
  std::string caption;
  std::vector<std::string> classes;
  BootstrapOptions bootstrap;
  std::vector<EvaluatedSystem> systems;
  std::vector<ComparedPair> pairs;
  std::vector<ColumnGroups> groups;
  std::vector<CrossTable> cross;
  bool cross_leaks() const;
};

/// Scores each system and compares each two; `groups` are columns of clips.csv.
Evaluation evaluate_systems(const std::vector<ModalityInput>& inputs,
                            const std::vector<FusionClip>& clips,
                            const std::vector<std::string>& groups,
                            const BootstrapOptions& options);

/// One fold of a run, and the clips that test it.
struct CrossFold {
  std::vector<ModalityInput> input;  ///< one
  std::vector<FusionClip> clips;
};
/// The table of one run's folds. Throws Error for a clip without a value of the column, and for
/// folds that do not say what trained.
CrossTable cross_table(std::string name, const std::string& column,
                       const std::vector<CrossFold>& folds, const BootstrapOptions& options);

}  // namespace aver
