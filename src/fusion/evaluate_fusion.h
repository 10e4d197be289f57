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

class Options;

/// Where the predictions of one modality come from.
struct ModalitySource {
  std::string name;  ///< "audio", "visual" or any other
  fs::path path;     ///< a run folder, or a table of predictions from anywhere
  bool is_run = false;
};

/// `aver-evaluate-fusion`: what each of several modalities is worth alone, and all of them
/// together. Joins tables of predictions clip by clip; starts no network.
struct EvaluateFusionConfig {
  fs::path visual;             ///< run folder with predictions.csv (and split.csv): visual=FOLDER
  fs::path audio;              ///< audio=FOLDER
  fs::path visual_posteriors;  ///< a table of predictions from anywhere: visual=FILE
  fs::path audio_posteriors;   ///< audio=FILE
  std::vector<std::string> runs;        ///< NAME=FOLDER, of any modality
  std::vector<std::string> posteriors;  ///< NAME=FILE, likewise
  fs::path output;                      ///< folder for tables, report.html and drawings
  std::string rule = "max-confidence";  ///< one of fusion_rules()
  bool fit = true;                      ///< `rule` in its fitted form where clips can fit it
  bool temperatures = false;            ///< fuse distributions scaled by fitted temperatures
  double conformal = 0;                 ///< error rate of prediction sets; 0 = none
  std::string corpus = "ravdess";       ///< how the clips of tables from elsewhere are named
  fs::path labels;      ///< a label map for their spellings of classes and labels; may be empty
  bool logits = false;  ///< theirs that hold no probabilities hold logits
  ChannelFilter channel = ChannelFilter::speech;  ///< of clips that have one
  std::string caption;                            ///< a line to stand above the tables
  bool figures = true;                            ///< drawings by gnuplot
  std::size_t draws = 10'000;                     ///< of the bootstrap; 0 = no intervals
  std::uint64_t seed = 42;                        ///< of the bootstrap
  fs::path expect;          ///< metrics.json whose numbers must come out again; may be empty
  double tolerance = .005;  ///< of `expect`: largest difference of a share (0 … 1)
  std::size_t workers = 0;  ///< fits, bootstrap shares and drawings at a time; 0 = this thread

  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
  /// The modalities in their order, in which a tie of confidence goes to the first: audio, visual,
  /// then the others as they were given, those of `runs` before those of `posteriors`.
  std::vector<ModalitySource> sources() const;
};

struct EvaluateFusionReport {
  std::string text;        ///< the tables, as in table.txt
  nlohmann::json metrics;  ///< as in metrics.json
  /// One line per number that differs from `expect`, with both values; nothing without `expect`.
  std::vector<std::string> drifted;
  std::vector<std::string> warnings;
};

/// Writes predictions.csv (fused), table.txt, table.tex, table.md, metrics.json, report.html,
/// fusion.json (the rule for new people), the tables metrics.csv, per_class.csv, rules.csv,
/// comparisons.csv, groups.csv, reliability.csv, risk_coverage.csv and repaired_broken.csv, of
/// three modalities or more combinations.csv, with `conformal` conformal.csv, and figures/. Throws
/// Error when the tables cannot be joined (other classes, no clip in common, two labels for one
/// clip) or when the rule has to be fitted and there is nothing to fit it on.
EvaluateFusionReport run_evaluate_fusion(const EvaluateFusionConfig& config, Progress& progress);

}  // namespace aver
