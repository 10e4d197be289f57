#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/csv.h"
#include "fusion/evaluation.h"

namespace aver {

/// The tables for people.
std::string text_of(const Evaluation& evaluation);
/// metrics.json: shares from 0 to 1 with six decimals, counts as integers.
nlohmann::json json_of(const Evaluation& evaluation);

/// metrics.csv, one row per system.
CsvTable metrics_csv(const Evaluation& evaluation);
/// per_class.csv, one row per system and class.
CsvTable per_class_csv(const Evaluation& evaluation);
/// comparisons.csv, one row per pair of systems.
CsvTable comparisons_csv(const Evaluation& evaluation);
/// groups.csv, one row per system and value of a column.
CsvTable groups_csv(const Evaluation& evaluation);
/// cross.csv, one row per cell.
CsvTable cross_csv(const Evaluation& evaluation);

/// What the intervals of the systems draw: one sentence where it is the same for all.
std::string resampled_words(const Evaluation& evaluation);
/// What stands under a cross table: what is in a cell, and each cell whose training has seen some
/// of it.
std::vector<std::string> cross_notes(const Evaluation& evaluation, const CrossTable& table);
/// "female (412 clips) to male: 8.1 points (2.0–14.2)"
std::string gap_words(const ColumnGroups& groups);

}  // namespace aver
