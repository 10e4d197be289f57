#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aver/base/csv.h"
#include "pipeline/fusion_scope.h"

namespace aver {

/// Everything aver-evaluate-fusion found out.
struct FusionResults {
  FusionRule rule = FusionRule::max_confidence;
  std::string caption;
  std::vector<std::string> classes;
  const ModalityInput* audio = nullptr;
  const ModalityInput* visual = nullptr;
  std::vector<FusedClip> clips;
  std::vector<ScopeResult> scopes;  ///< all clips; then the held-out ones, when there are any
  std::string held_out_note;        ///< why there is no table of held-out clips, or ""
};

/// The tables, each with the verdict on leakage below it.
std::string text_of(const FusionResults& results);

/// metrics.json: figures as shares from 0 to 1 with six decimals, counts as integers.
nlohmann::json json_of(const FusionResults& results);

/// metrics.csv, one row per scope and system.
CsvTable metrics_csv(const FusionResults& results);
/// per_class.csv, one row per scope, system and class.
CsvTable per_class_csv(const FusionResults& results);
/// repaired_broken.csv: the clips whose answer fusion changed from wrong to right or back.
CsvTable repaired_broken_csv(const FusionResults& results);
/// The fused table, as --*-posteriors reads it.
Predictions fused_predictions(const FusionResults& results);

/// "maximum confidence", "mean" or "product".
std::string words_of(FusionRule rule);

}  // namespace aver
