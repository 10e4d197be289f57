#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fusion/groups.h"
#include "fusion/rules.h"
#include "fusion/scope.h"

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

/// metrics.json: figures as shares from 0 to 1 with six decimals, counts as integers.
nlohmann::json json_of(const FusionResults& results);

/// The fused table, as --*-posteriors reads it.
Predictions fused_predictions(const FusionResults& results);

/// Who decided how many clips: the lines of a table, by name.
std::vector<std::pair<std::string, Tally>> decision_rows(const ScopeResult& scope, FusionRule rule);

/// The name of the run folder or table: where it lies is no part of a result.
std::string shown_name(const ModalityInput& input);

/// Six decimals: more would differ between machines, and no reader needs them.
double rounded(double value);
std::string decimals(double value);
/// Six significant digits: a p value may be tiny and is never 0.
double significant(double value);

}  // namespace aver
