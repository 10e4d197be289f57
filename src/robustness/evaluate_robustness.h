#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus.h"
#include "media/face_options.h"
#include "media/media_source.h"

namespace aver {

class Options;

/// What `aver-evaluate-robustness` is told.
struct EvaluateRobustnessConfig {
  fs::path input;          ///< the recordings: a data set folder
  fs::path output;         ///< folder for tables and figure
  fs::path audio, visual;  ///< finished runs, of folds joined; one of them may be ""
  std::string corpus = "ravdess";
  std::string modality = "av";  ///< whose sound is heard: "av" or "audio-only"
  ClipChoice choice;
  std::vector<std::string> conditions;  ///< "NAME" or "NAME=LEVEL"; none = all that can be
  fs::path noise;                       ///< folder of noises; "" = none
  std::vector<std::string> rules;       ///< of fusion_rules(); none = those of the help
  std::uint64_t seed = 42;              ///< of what is drawn for conditions, and of the bootstrap
  std::size_t draws = 10'000;           ///< of the bootstrap; 0 = no intervals
  fs::path encoder;                     ///< the speaker encoder, where the audio model needs one
  FaceFiles faces;                      ///< of the detector whose faces the visual model crops to
  Tracks tracks = {};
  MediaLimits limits = {};
  bool keep_first = false;
  bool keep_going = false;
  std::size_t workers = 0;
  int threads = 0;

  void describe(Options& options);
  void validate() const;
};

struct EvaluateRobustnessReport {
  std::string text;
  nlohmann::json metrics;
  std::size_t failed = 0;  ///< clips that could not be decoded or changed
};

/// How answers about held-out clips change under noise, dim light and other conditions. Each clip
/// that every model leaves for testing is decoded once, changed in memory and answered by the fold
/// that tests it. Writes `robustness.csv`, `areas.csv`, `answers.csv`, `table.txt`, `table.md`,
/// `metrics.json` and the figure `robustness`. Answers are kept clip by clip in `answers.part`: a
/// run that was stopped goes on behind them. Throws UsageError, Error, and Interrupted by
/// `progress`.
EvaluateRobustnessReport run_evaluate_robustness(const EvaluateRobustnessConfig& config,
                                                 Progress& progress);

}  // namespace aver
