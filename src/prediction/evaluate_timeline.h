#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/files.h"

namespace aver {

class Options;

/// What `aver-evaluate-timeline` is told.
struct EvaluateTimelineConfig {
  fs::path truth;    ///< corpus table: file,start,end,emotion
  fs::path answers;  ///< CSV of aver-predict: windows, or segments
  fs::path output;   ///< folder for tables and figure
  std::string background = "neutral";
  bool fit = false;   ///< a smoother, on these recordings
  fs::path smoother;  ///< one that was fitted on others; "" = none
  double tolerance = .5;
  int draws = 10'000;  ///< of the bootstrap
  std::uint64_t seed = 42;
  bool figure = true;

  void describe(Options& options);
  void validate() const;
};

struct EvaluateTimelineReport {
  std::string text;
  nlohmann::json metrics;
};

/// How well the answers over time are the truth over time: the emotion diarization error rate with
/// its missed, false and confused parts, and how far changes are from where they should be. Writes
/// `recordings.csv`, `onsets.csv`, `segments.csv` (what was scored), `metrics.json`, the figure
/// `timelines` and with `fit` `smoother.json` and `tried.csv`. Throws UsageError, also for an
/// output that is a training run, and Error.
EvaluateTimelineReport run_evaluate_timeline(const EvaluateTimelineConfig& config);

}  // namespace aver
