#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "eval/fusion.h"

namespace aver {

/// The threshold of prediction sets for people who were not met; see conformal.h.
struct StoredThreshold {
  double alpha = .1;
  double threshold = 0;
};

/// A fusion rule with all that was fitted, to be used on people who were not met: `fusion.json` of
/// aver-evaluate-fusion, which aver-predict reads.
struct FittedFusion {
  std::string rule;                     ///< one of fusion_rules()
  std::vector<std::string> modalities;  ///< in the order of the answers
  std::vector<std::string> classes;     ///< of every distribution
  bool temperatures = false;            ///< distributions are scaled before the rule sees them
  std::vector<double> of_modalities;    ///< their temperatures; empty where none were fitted
  std::vector<double> parameters;       ///< ReadyRule::parameters of the rule
  std::string fitted_on;                ///< for people; "" where nothing was
  std::optional<StoredThreshold> conformal;

  /// The rule, ready for answers in the order of `modalities`. Throws Error where parameters or
  /// temperatures do not fit the rule.
  ReadyRule ready() const;

  /// Fuses what is there. A modality that is left alone has its temperature where the rule (or
  /// `temperatures`) has them. `rule` is what ready() gave. Throws Error when all are missing, or
  /// when some but not all of three or more are and the rule was fitted to all.
  Fused fuse(const ReadyRule& rule, const ModalityDistributions& answers) const;
};

nlohmann::json json_of(const FittedFusion& fusion);

/// Throws Error that names the file when it is no such file, of a newer format, damaged, or holds
/// numbers that its rule cannot have.
FittedFusion read_fitted_fusion(const std::filesystem::path& path);

}  // namespace aver
