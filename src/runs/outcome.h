#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "eval/confusion.h"
#include "runs/history.h"
#include "runs/run_folder.h"
#include "store/predictions.h"

namespace aver {

/// Truth against the likeliest class over the rows of a role (of all without one) that have a
/// label.
ConfusionMatrix confusion_of(const Predictions& predictions, std::optional<Role> role);

/// One row per clip: the mean of its pictures' distributions. `clips[i]` is the clip of row i. A
/// clip counts as trained on when any of its pictures is, then as validated on, then as tested.
Predictions mean_by_clip(const Predictions& pictures, const std::vector<std::string>& clips);

/// Figures of every role that has labelled rows, and of all: items, accuracy, uar, macro scores,
/// per class, confusion.
nlohmann::json part_metrics(const Predictions& predictions);

/// "accuracy 41.2 %, UAR 40.1 % (216 clips)"; empty when there are no such rows.
std::string score_sentence(const Predictions& predictions, std::optional<Role> role,
                           const std::string& unit);

/// One score line with its name in front, for the summary; nothing when there are no such rows.
std::string score_line(const std::string& name, const Predictions& predictions,
                       std::optional<Role> role, const std::string& unit);

/// Confusion matrix and score heat map of the rows of `role`. Warns in the log when there is no
/// gnuplot.
void write_score_figures(const fs::path& run, const Predictions& scored, std::optional<Role> role,
                         const std::string& title, RunLog& log);

/// The same with the learning curves.
void write_training_figures(const fs::path& run, const std::vector<EpochRecord>& history,
                            const Predictions& scored, std::optional<Role> role,
                            const std::string& title, RunLog& log);

}  // namespace aver
