#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/confusion.h"
#include "eval/significance.h"
#include "fusion/fits.h"
#include "fusion/input.h"
#include "fusion/scope.h"
#include "robustness/clip_answers.h"
#include "robustness/conditions.h"

namespace aver {

/// One modality alone, or all of them fused by one rule.
struct RobustSystem {
  std::string name;                     ///< in files and tables: "audio", "visual", a rule's name
  std::optional<std::size_t> modality;  ///< of one alone
  const FusionRule* rule = nullptr;     ///< of several fused
};

/// A system under one column's condition.
struct CurvePoint {
  Scores scores;
  std::optional<Interval> accuracy_interval, uar_interval;  ///< nothing without a bootstrap
  std::size_t unanswered = 0;  ///< clips that left nothing to look at or listen to: they count as
                               ///< wrong
};

/// The clips that are scored, in the evaluation of clean answers that they are part of.
struct ScoredClips {
  std::vector<ModalityInput>& inputs;      ///< whose rows are written over, column by column
  std::vector<FusionClip>& clips;          ///< all that are joined, over those rows
  const std::vector<std::size_t>& scored;  ///< of these
  const FusionFits& fits;
  const std::vector<std::string>& classes;
};

/// points[column][system]; nothing where the column's condition leaves the system as it is, or
/// takes away all that it has.
struct Curves {
  std::vector<RobustSystem> systems;
  std::vector<Column> columns;
  std::vector<std::vector<std::optional<CurvePoint>>> points;
  std::string bootstrap;  ///< "10000 draws over 24 actors", or ""
};

/// A condition with its columns, clean first.
struct ConditionCurve {
  const Condition* condition = nullptr;
  std::vector<std::size_t> columns;  ///< of Curves
};
std::vector<ConditionCurve> curves_by_condition(const Curves& curves);

/// The mean of UAR from clean to the hardest level, from level to level by the trapezoidal rule,
/// each step as wide as the others: what the area under the curve is when its width is 1. Nothing
/// where the condition leaves the system as it is.
std::optional<double> area_under(const Curves& curves, const ConditionCurve& curve,
                                 std::size_t system);

/// Scores the answers of the scored clips (in their order) under every column: a modality that a
/// condition does not touch answers as it does when clean. Probabilities are rounded as tables of
/// predictions keep them, so that the clean column is what aver-evaluate-fusion says.
Curves curves_of(const ScoredClips& clips, const std::vector<ClipAnswers>& answers,
                 const std::vector<RobustSystem>& systems, const std::vector<Column>& columns,
                 const BootstrapOptions& bootstrap);

/// A distribution as a table of predictions gives it back.
std::vector<double> as_in_table(const std::vector<double>& probabilities);

}  // namespace aver
