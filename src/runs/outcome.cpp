#include "runs/outcome.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "eval/ranking.h"
#include "report/figures.h"

namespace aver {
namespace {

nlohmann::json to_json(const ConfusionMatrix& matrix) {
  const Scores scores = score(matrix);
  nlohmann::json classes = nlohmann::json::object();
  nlohmann::json rows = nlohmann::json::array();
  for (std::size_t c = 0; c < matrix.classes().size(); ++c) {
    const ClassScores& own = scores.classes[c];
    classes[matrix.classes()[c]] = {{"precision", own.precision},
                                    {"recall", own.recall},
                                    {"f1", own.f1},
                                    {"support", own.support}};
    nlohmann::json row = nlohmann::json::array();
    for (std::size_t p = 0; p < matrix.classes().size(); ++p) row.push_back(matrix.at(c, p));
    rows.push_back(row);
  }
  return {{"items", scores.total},
          {"correct", scores.correct},
          {"accuracy", scores.accuracy},
          {"uar", scores.uar},
          {"macro_precision", scores.macro_precision},
          {"macro_recall", scores.macro_recall},
          {"macro_f1", scores.macro_f1},
          {"per_class", classes},
          {"confusion", {{"classes", matrix.classes()}, {"counts", rows}}}};
}

/// Of two classes, of the second.
std::optional<double> area_of(const Predictions& predictions, std::optional<Role> role) {
  if (predictions.classes.size() != 2) return std::nullopt;
  std::vector<RankedItem> items;
  for (const Prediction& row : predictions.rows) {
    if (row.label.empty() || (role && row.role != role)) continue;
    items.push_back({row.probabilities[1], row.label == predictions.classes[1]});
  }
  const double area = area_under_roc(items);
  return std::isnan(area) ? std::nullopt : std::optional(area);
}

std::vector<Drawing> score_drawings(const Predictions& scored, std::optional<Role> role,
                                    const std::string& title) {
  const ConfusionMatrix matrix = confusion_of(scored, role);
  if (matrix.total() == 0) return {};
  return {confusion_heatmap("confusion_matrix", matrix, title),
          score_heatmap("scores", score(matrix), matrix.classes(), title)};
}

void draw(const fs::path& run, const std::vector<Drawing>& drawings, RunLog& log) {
  for (const std::string& warning : draw_all(run / "figures", drawings)) log.warn(warning);
}

}  // namespace

ConfusionMatrix confusion_of(const Predictions& predictions, std::optional<Role> role) {
  ConfusionMatrix matrix(predictions.classes);
  for (const Prediction& row : predictions.rows) {
    if (row.label.empty() || (role && row.role != role)) continue;
    matrix.add(matrix.index_of(row.label), argmax(row.probabilities));
  }
  return matrix;
}

Predictions mean_by_clip(const Predictions& pictures, const std::vector<std::string>& clips) {
  const auto rank = [](std::optional<Role> role) {
    if (!role) return 0;
    return *role == Role::test ? 1 : *role == Role::validation ? 2 : 3;
  };
  std::map<std::string, std::pair<Prediction, std::size_t>> sums;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const Prediction& picture = pictures.rows[i];
    auto [entry, fresh] = sums.try_emplace(clips[i], picture, 0);
    auto& [sum, count] = entry->second;
    if (fresh) {
      sum.clip = clips[i];
    } else {
      for (std::size_t c = 0; c < sum.probabilities.size(); ++c) {
        sum.probabilities[c] += picture.probabilities[c];
      }
      if (rank(picture.role) > rank(sum.role)) sum.role = picture.role;
    }
    ++count;
  }
  Predictions result{pictures.classes, {}};
  for (auto& [clip, entry] : sums) {
    for (double& p : entry.first.probabilities) p /= static_cast<double>(entry.second);
    result.rows.push_back(std::move(entry.first));
  }
  return result;
}

nlohmann::json part_metrics(const Predictions& predictions) {
  nlohmann::json parts = nlohmann::json::object();
  const auto add = [&](std::string_view name, std::optional<Role> role) {
    const ConfusionMatrix matrix = confusion_of(predictions, role);
    if (matrix.total() == 0) return;
    parts[std::string(name)] = to_json(matrix);
    if (const auto area = area_of(predictions, role)) parts[std::string(name)]["auc"] = *area;
  };
  for (const Role role : kRoles) add(name_of(role), role);
  add("all", std::nullopt);
  return parts;
}

std::string score_sentence(const Predictions& predictions, std::optional<Role> role,
                           const std::string& unit) {
  const ConfusionMatrix matrix = confusion_of(predictions, role);
  if (matrix.total() == 0) return {};
  const Scores scores = score(matrix);
  const auto area = area_of(predictions, role);
  return fmt::format("accuracy {:.2f} %, UAR {:.2f} %{} ({})", 100 * scores.accuracy,
                     100 * scores.uar, area ? fmt::format(", AUC {:.3f}", *area) : "",
                     counted(scores.total, unit));
}

std::string score_line(const std::string& name, const Predictions& predictions,
                       std::optional<Role> role, const std::string& unit) {
  const std::string sentence = score_sentence(predictions, role, unit);
  return sentence.empty() ? sentence : fmt::format("  {:<34} {}\n", name, sentence);
}

void write_score_figures(const fs::path& run, const Predictions& scored, std::optional<Role> role,
                         const std::string& title, RunLog& log) {
  draw(run, score_drawings(scored, role, title), log);
}

void write_training_figures(const fs::path& run, const std::vector<EpochRecord>& history,
                            const Predictions& scored, std::optional<Role> role,
                            const std::string& title, RunLog& log) {
  std::vector<HistoryPoint> points;
  for (const EpochRecord& record : history) {
    points.push_back({record.epoch, record.train_loss, record.train_accuracy,
                      record.validation_loss, record.validation_accuracy});
  }
  std::vector<Drawing> drawings = score_drawings(scored, role, title);
  drawings.insert(drawings.begin(), learning_curves(points, title));
  draw(run, drawings, log);
}

}  // namespace aver
