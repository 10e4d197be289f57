#include "robustness/curves.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/text.h"

namespace aver {
namespace {

using ClassOf = std::vector<std::optional<std::size_t>>;  // of each scored clip; none: no answer

/// The inputs' rows of the scored clips, where the modality has one.
class Rows {
 public:
  explicit Rows(const ScoredClips& clips) : clips_(clips) {
    for (ModalityInput& input : clips.inputs) {
      std::map<std::string, Prediction*> by_clip;
      for (Prediction& row : input.predictions.rows) by_clip.emplace(row.clip, &row);
      auto& rows = rows_.emplace_back();
      for (const std::size_t i : clips.scored) {
        const auto found = by_clip.find(clips.clips[i].clip);
        rows.push_back(found == by_clip.end() ? nullptr : found->second);
      }
    }
  }

  /// Writes one answer; an empty one is a modality that is missing.
  void put(std::size_t modality, std::size_t scored, const std::vector<double>& answer) const {
    Prediction* row = rows_[modality][scored];
    if (row == nullptr) return;
    const bool missing = answer.empty();
    if (!missing) row->probabilities = as_in_table(answer);
    clips_.clips[clips_.scored[scored]].answers[modality].row = missing ? nullptr : row;
  }

 private:
  const ScoredClips& clips_;
  std::vector<std::vector<Prediction*>> rows_;
};

bool is_audio(const ModalityInput& input) {
  return input.name == "audio";
}

bool touches(const Condition& condition, const ModalityInput& input) {
  return is_audio(input) ? condition.changes_audio() : condition.changes_visual();
}

bool takes_away(const Condition& condition, const ModalityInput& input) {
  return is_audio(input) ? condition.audio_away : condition.visual_away;
}

/// Whether a column says anything of a system that the clean one does not.
bool says_something(const Column& column, const RobustSystem& system,
                    const std::vector<ModalityInput>& inputs) {
  if (column.condition == nullptr || !system.modality) return true;
  const ModalityInput& input = inputs[*system.modality];
  return touches(*column.condition, input) && !takes_away(*column.condition, input);
}

void put_column(const Rows& rows, const ScoredClips& clips, const std::vector<ClipAnswers>& answers,
                const Column& column, std::size_t place) {
  for (std::size_t m = 0; m < clips.inputs.size(); ++m) {
    const ModalityInput& input = clips.inputs[m];
    const bool touched = column.condition != nullptr && touches(*column.condition, input);
    const bool away = touched && takes_away(*column.condition, input);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& of_modality = is_audio(input) ? answers[i].audio : answers[i].visual;
      if (of_modality.empty()) continue;  // the clip lacks it anyway
      rows.put(m, i, away ? std::vector<double>() : of_modality[touched ? place : 0]);
    }
  }
}

ClassOf answers_of(const ScoredClips& clips, const RobustSystem& system) {
  ClassOf classes;
  for (const std::size_t i : clips.scored) {
    std::optional<std::size_t> said;
    if (system.modality) {
      const auto probabilities = clips.clips[i].answers[*system.modality].probabilities();
      if (!probabilities.empty()) said = argmax(probabilities);
    } else if (const auto fused = fuse_clip(clips.clips, i, all_modalities(clips.inputs.size()),
                                            {system.rule, false}, clips.fits)) {
      said = argmax(fused->probabilities);
    }
    classes.push_back(said);
  }
  return classes;
}

}  // namespace

std::vector<double> as_in_table(const std::vector<double>& probabilities) {
  std::vector<double> values;
  for (const double p : probabilities) values.push_back(*parse_double(fmt::format("{:.6f}", p)));
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  for (double& value : values) value /= sum;
  return values;
}

std::vector<ConditionCurve> curves_by_condition(const Curves& curves) {
  std::vector<ConditionCurve> result;
  for (std::size_t i = 1; i < curves.columns.size(); ++i) {
    const Condition* condition = curves.columns[i].condition;
    if (result.empty() || result.back().condition != condition) result.push_back({condition, {0}});
    result.back().columns.push_back(i);
  }
  return result;
}

std::optional<double> area_under(const Curves& curves, const ConditionCurve& curve,
                                 std::size_t system) {
  double area = 0;
  for (std::size_t i = 1; i < curve.columns.size(); ++i) {
    const auto& before = curves.points[curve.columns[i - 1]][system];
    const auto& after = curves.points[curve.columns[i]][system];
    if (!before || !after) return std::nullopt;
    area += (before->scores.uar + after->scores.uar) / 2;
  }
  return area / static_cast<double>(curve.columns.size() - 1);
}

Curves curves_of(const ScoredClips& clips, const std::vector<ClipAnswers>& answers,
                 const std::vector<RobustSystem>& systems, const std::vector<Column>& columns,
                 const BootstrapOptions& bootstrap) {
  Curves curves{systems, columns, {}, ""};
  const ConfusionMatrix names(clips.classes);
  std::vector<FusionClip> scored;
  std::vector<std::size_t> truths;
  for (const std::size_t i : clips.scored) {
    scored.push_back(clips.clips[i]);
    truths.push_back(names.index_of(clips.clips[i].label));
  }
  const BootstrapUnits units(scored);
  const Rows rows(clips);
  std::vector<UnitOutcomes> outcomes;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    put_column(rows, clips, answers, columns[c], c);
    auto& points = curves.points.emplace_back();
    for (const RobustSystem& system : systems) {
      auto& point = points.emplace_back();
      if (!says_something(columns[c], system, clips.inputs)) continue;
      point.emplace();
      ConfusionMatrix matrix(clips.classes);
      UnitOutcomes& outcome = outcomes.emplace_back(units.count, clips.classes.size());
      const ClassOf said = answers_of(clips, system);
      for (std::size_t i = 0; i < said.size(); ++i) {
        const FusionClip& clip = clips.clips[clips.scored[i]];
        // What a modality never had is none of its errors; fusion has the others then.
        if (system.modality && clip.answers[*system.modality].missing()) continue;
        point->unanswered += said[i] ? 0 : 1;
        // No answer is a wrong one, whichever.
        matrix.add(truths[i], said[i].value_or((truths[i] + 1) % clips.classes.size()));
        outcome.add(units.unit_of_clip[i], truths[i], said[i] == truths[i]);
      }
      point->scores = score(matrix);
    }
  }
  if (bootstrap.draws == 0) return curves;
  curves.bootstrap = units.words(bootstrap.draws);
  const auto draws = aver::bootstrap(outcomes, bootstrap.draws, bootstrap.seed, bootstrap.workers);
  std::size_t next = 0;
  for (auto& points : curves.points) {
    for (auto& point : points) {
      if (!point) continue;
      const BootstrapDraws& drawn = draws[next++];
      point->accuracy_interval = percentile_interval(drawn.accuracy);
      point->uar_interval = percentile_interval(drawn.uar);
    }
  }
  return curves;
}

}  // namespace aver
