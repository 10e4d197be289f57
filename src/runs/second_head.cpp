#include "runs/second_head.h"

#include <cmath>
#include <set>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "corpus/corpus.h"
#include "eval/ranking.h"
#include "eval/significance.h"
#include "runs/outcome.h"
#include "runs/tested_rows.h"
#include "store/predictions.h"

namespace aver {
namespace {

constexpr std::size_t kDraws = 2000;
constexpr std::uint64_t kSeed = 42;

/// How surely each row is at one of the levels from `level` on.
std::vector<RankedItem> ranked_from(const TestedRows& tested, const SecondHead& head,
                                    std::size_t level) {
  const std::set<std::string> reached(head.levels.begin() + static_cast<std::ptrdiff_t>(level),
                                      head.levels.end());
  std::vector<RankedItem> items;
  for (std::size_t i = 0; i < tested.units.size(); ++i) {
    const Prediction& row = tested.rows.rows[i];
    double share = 0;
    for (std::size_t c = 0; c < row.probabilities.size(); ++c) {
      if (reached.contains(tested.rows.classes[c])) share += row.probabilities[c];
    }
    items.push_back({share, reached.contains(row.label), tested.units[i]});
  }
  return items;
}

/// Levels that no clip of the training part has. A table of joined folds has no such part.
std::vector<std::string> untrained_levels(const Predictions& rows, const SecondHead& head) {
  std::set<std::string> trained;
  bool trains = false;
  for (const Prediction& row : rows.rows) {
    if (row.role != Role::train) continue;
    trains = true;
    trained.insert(row.label);
  }
  std::vector<std::string> missing;
  for (const std::string& level : head.levels) {
    if (trains && !trained.contains(level)) missing.push_back(level);
  }
  return missing;
}

/// Throws Error that begins with `whose` unless there are two levels, all of them different.
void require_levels(const SecondHead& head, const std::string& whose) {
  const std::set<std::string> different(head.levels.begin(), head.levels.end());
  if (!head.column.empty() && head.levels.size() > 1 && different.size() == head.levels.size() &&
      !different.contains("")) {
    return;
  }
  throw UsageError(
      "{} is a column of clips.csv and its levels from the least to the most, such as "
      "intensity=normal,strong, not \"{}={}\"",
      whose, head.column, fmt::join(head.levels, ","));
}

}  // namespace

SecondHead second_head_of(const std::string& text) {
  SecondHead head;
  if (text.empty()) return head;
  const auto equals = text.find('=');
  head.column = trim(text.substr(0, equals));
  if (equals != std::string::npos) {
    for (const auto& word : split_text(text.substr(equals + 1), ',')) {
      head.levels.push_back(trim(word));
    }
  }
  require_levels(head, "--second-head");
  return head;
}

nlohmann::json to_json(const SecondHead& head) {
  return {{"column", head.column}, {"levels", head.levels}};
}

SecondHead second_head_from(const nlohmann::json& object) {
  SecondHead head{object.at("column"), object.at("levels")};
  require_levels(head, "its second head");
  return head;
}

SecondScores score_second_head(const fs::path& run, const SecondHead& head) {
  SecondScores scores;
  if (head.none()) return scores;
  const Predictions all = read_predictions(run / kSecondPredictions, clips_of_folder(run));
  scores.json = to_json(head);
  scores.json.update(part_metrics(all));
  scores.json["areas"] = nlohmann::json::array();
  scores.text = score_line(head.column + ", test part", all, Role::test, "clips");
  if (scores.text.empty()) {
    scores.text = fmt::format("  No clip of the test part says its {}.\n", head.column);
  }
  if (const auto missing = untrained_levels(all, head); !missing.empty()) {
    scores.json["untrained_levels"] = missing;
    scores.text += fmt::format("  No clip of the training part is, by its {}, {}.\n", head.column,
                               fmt::join(missing, " or "));
  }
  const TestedRows tested = read_test_rows({run}, kSecondPredictions);
  for (std::size_t level = 1; level < head.levels.size(); ++level) {
    const auto items = ranked_from(tested, head, level);
    const double area = area_under_roc(items);
    if (std::isnan(area)) continue;
    const Interval interval = percentile_interval(area_under_roc_draws(items, kDraws, kSeed));
    const std::string& name = head.levels[level];
    scores.json["areas"].push_back({{"from", name},
                                    {"auc", area},
                                    {"interval", {interval.low, interval.high}},
                                    {"resampled", tested.speakers ? "speakers" : "clips"}});
    scores.text += fmt::format(
        "  {:<34} {:.3f} ({:.3f} to {:.3f}; 95 % over {})\n",
        fmt::format("AUC of {}{}", name, level + 1 < head.levels.size() ? " or more" : ""), area,
        interval.low, interval.high, tested.speakers ? "speakers" : "clips");
  }
  return scores;
}

}  // namespace aver
