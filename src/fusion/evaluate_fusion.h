#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/progress.h"
#include "corpus/catalog.h"

namespace aver {

/// `aver-evaluate-fusion`: what sound, picture and the two together are worth. Joins two tables of
/// predictions clip by clip; starts no network.
struct EvaluateFusionConfig {
  fs::path visual;             ///< run folder with predictions.csv (and split.csv) of the picture
  fs::path audio;              ///< the same for the sound
  fs::path visual_posteriors;  ///< instead of `visual`: a table of predictions from anywhere
  fs::path audio_posteriors;   ///< instead of `audio`
  fs::path output;             ///< folder for tables, report.html and figures
  /// max-confidence, mean, product, weighted or stacked; the last two are fitted
  std::string rule = "max-confidence";
  bool temperatures = false;  ///< fuse distributions scaled by fitted temperatures
  ChannelFilter channel = ChannelFilter::speech;  ///< of RAVDESS clips; other names always count
  std::string caption;                            ///< a line to stand above the tables
  bool figures = true;                            ///< draw with gnuplot
  std::size_t draws = 10'000;                     ///< of the bootstrap; 0 = no intervals
  std::uint64_t seed = 42;                        ///< of the bootstrap
  fs::path expect;          ///< metrics.json whose figures must come out again; may be empty
  double tolerance = .005;  ///< of `expect`: largest difference of a figure (shares, 0 … 1)
  std::size_t workers = 0;  ///< fits, bootstrap shares and figures at a time; 0 = this thread

  /// Throws UsageError that lists every problem.
  void validate() const;
};

struct EvaluateFusionReport {
  std::string text;        ///< the tables, as in table.txt
  nlohmann::json figures;  ///< as in metrics.json
  /// One line per figure that differs from `expect`, with both values; nothing without `expect`.
  std::vector<std::string> drifted;
  std::vector<std::string> warnings;
};

/// Writes predictions.csv (fused), table.txt, table.tex, table.md, metrics.json, report.html,
/// the tables metrics.csv, per_class.csv, rules.csv, comparisons.csv, groups.csv, reliability.csv,
/// risk_coverage.csv and repaired_broken.csv, and figures/. Throws Error when the tables cannot be
/// joined (other classes, no clip in common, two labels for one clip) or when the rule has to be
/// fitted and there is nothing to fit it on.
EvaluateFusionReport run_evaluate_fusion(const EvaluateFusionConfig& config, Progress& progress);

}  // namespace aver
