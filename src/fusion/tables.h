#pragma once

#include "base/csv.h"
#include "fusion/output.h"

namespace aver {

/// metrics.csv, one row per scope and system.
CsvTable metrics_csv(const FusionResults& results);
/// per_class.csv, one row per scope, system and class.
CsvTable per_class_csv(const FusionResults& results);
/// rules.csv, one row per system: modalities and fusion rules, with and without temperatures.
CsvTable rules_csv(const FusionResults& results);
/// combinations.csv, one row per set of modalities, fused by the chosen rule.
CsvTable combinations_csv(const FusionResults& results);
/// comparisons.csv, one row per pair of systems.
CsvTable comparisons_csv(const FusionResults& results);
/// groups.csv, one row per actor, gender, intensity or statement and system.
CsvTable groups_csv(const FusionResults& results);
/// reliability.csv, one row per system and bin.
CsvTable reliability_csv(const FusionResults& results);
/// risk_coverage.csv, one row per system and covered share, in steps of one percent.
CsvTable risk_coverage_csv(const FusionResults& results);
/// conformal.csv, one row per clip of the last scope: the classes that cannot be ruled out.
CsvTable conformal_csv(const FusionResults& results);
/// repaired_broken.csv: the clips whose answer fusion changed from wrong to right or back.
CsvTable repaired_broken_csv(const FusionResults& results);

}  // namespace aver
