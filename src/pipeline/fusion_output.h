#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "aver/base/csv.h"
#include "pipeline/fusion_groups.h"
#include "pipeline/fusion_rules.h"
#include "pipeline/fusion_scope.h"

namespace aver {

/// Everything aver-evaluate-fusion found out.
struct FusionResults {
  FusionChoice choice;
  BootstrapOptions bootstrap;
  std::string caption;
  std::string channel;  ///< "speech", "song" or "all"
  std::vector<std::string> classes;
  const ModalityInput* audio = nullptr;
  const ModalityInput* visual = nullptr;
  FusionFits fits;
  std::vector<FusedClip> clips;
  std::vector<ScopeResult> scopes;  ///< all clips; then the held-out ones, when there are any
  std::string held_out_note;        ///< why there is no table of held-out clips, or ""
  // Of the last scope:
  std::vector<FusedClip> scored;
  RuleTable rules;
  std::vector<GroupRow> groups;
  const ScopeResult& scope() const { return scopes.back(); }
};

/// The tables, each with the verdict on leakage below it.
std::string text_of(const FusionResults& results);

/// metrics.json: figures as shares from 0 to 1 with six decimals, counts as integers.
nlohmann::json json_of(const FusionResults& results);

/// metrics.csv, one row per scope and system.
CsvTable metrics_csv(const FusionResults& results);
/// per_class.csv, one row per scope, system and class.
CsvTable per_class_csv(const FusionResults& results);
/// rules.csv, one row per system: modalities and fusion rules, with and without temperatures.
CsvTable rules_csv(const FusionResults& results);
/// comparisons.csv, one row per pair of systems.
CsvTable comparisons_csv(const FusionResults& results);
/// groups.csv, one row per actor, gender, intensity or statement and system.
CsvTable groups_csv(const FusionResults& results);
/// reliability.csv, one row per system and bin.
CsvTable reliability_csv(const FusionResults& results);
/// risk_coverage.csv, one row per system and covered share, in steps of one percent.
CsvTable risk_coverage_csv(const FusionResults& results);
/// repaired_broken.csv: the clips whose answer fusion changed from wrong to right or back.
CsvTable repaired_broken_csv(const FusionResults& results);
/// The fused table, as --*-posteriors reads it.
Predictions fused_predictions(const FusionResults& results);

/// table.tex and table.md: the systems of the last scope for a paper, the verdict below.
std::string latex_of(const FusionResults& results);
std::string markdown_of(const FusionResults& results);

/// How many of a scope's clips the models trained on, as a sentence; "" when no table says.
std::string trained_words(const ScopeResult& scope);

/// Who decided how many clips: the lines of a table, by name.
std::vector<std::pair<std::string, Tally>> decision_rows(const ScopeResult& scope, FusionRule rule);

/// The name of the run folder or table: where it lies is no part of a result.
std::string shown_name(const ModalityInput& input);

/// "maximum confidence", "mean, temperatures"…
std::string words_of(const FusionChoice& choice);

/// "sound", "picture", "both (mean)".
std::string system_name(const FusionChoice& choice, std::size_t system);

/// Six decimals: more would differ between machines, and no reader needs them.
double rounded(double value);
std::string decimals(double value);
/// Six significant digits: a p value may be tiny and is never 0.
double significant(double value);

}  // namespace aver
