#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fusion/groups.h"
#include "fusion/modalities.h"
#include "fusion/prediction_sets.h"
#include "fusion/rules.h"
#include "fusion/scope.h"
#include "report/words.h"

namespace aver {

/// Everything aver-evaluate-fusion found out.
struct FusionResults {
  FusionChoice choice;
  BootstrapOptions bootstrap;
  std::string caption;
  std::string channel;  ///< "speech", "song" or "all"
  std::vector<std::string> classes;
  std::vector<ModalityInput> inputs;  ///< of each modality
  std::vector<SystemName> systems;    ///< the modalities, then all of them fused
  FusionFits fits;
  std::vector<FusedClip> clips;
  std::vector<ScopeResult> scopes;  ///< all clips; then the held-out ones, when there are any
  std::string held_out_note;        ///< why there is no table of held-out clips, or ""
  // Of the last scope:
  std::vector<FusedClip> scored;
  SystemTable rules;
  SystemTable combinations;  ///< without rows where there are two modalities
  std::vector<GroupRow> groups;
  std::optional<PredictionSets> sets;  ///< when they were asked for
  const ScopeResult& scope() const { return scopes.back(); }
  std::vector<std::string> modalities() const;
};

/// metrics.json: shares from 0 to 1 with six decimals, counts as integers.
nlohmann::json json_of(const FusionResults& results);

/// The fitted weight of a modality, for distributions as they are and with their temperatures.
struct WeightShown {
  double plain = 0, scaled = 0;
};
/// One for each modality; of two only the first one's, which says the other's.
std::vector<WeightShown> shown_weights(const FusionFit& fit);

/// What was fitted of the product and of the log-linear rule, for distributions as they are.
struct ProductShown {
  std::vector<double> temperatures;  ///< of each modality, then the common one
  std::vector<double> exponents;     ///< of each modality
};
ProductShown shown_products(const FusionFit& fit);

/// The fused table, as --posteriors reads it.
Predictions fused_predictions(const FusionResults& results);

/// The name of the run folder or table: where it lies is no part of a result.
std::string shown_name(const ModalityInput& input);

}  // namespace aver
