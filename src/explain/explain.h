#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus.h"
#include "explain/looked_at.h"
#include "prediction/recogniser.h"

namespace aver {

class Options;

/// What `aver-explain` is told: about clips (`models` and `paths`), or one model over a stage
/// folder of features or series (`model` and `input`).
struct ExplainConfig {
  RecogniserConfig models;
  ReadOptions read;
  std::vector<std::string> paths;
  fs::path model;
  fs::path input;
  ClipChoice choice;
  fs::path output;      ///< folder
  std::string emotion;  ///< the class that is explained; "" = each clip's answer
  ExplainerOptions how;

  bool about_clips() const { return !paths.empty() || !models.lacks_models(); }
  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

struct ExplainReport {
  std::string text;
  nlohmann::json metrics;
  std::vector<std::string> failed;  ///< clips, a sentence each
};

/// What models looked at in clips. Writes for each clip a folder with arrays and pictures, and for
/// all `explanations.csv`, `metrics.json` and `index.html`. Throws UsageError and Error; a clip
/// that cannot be read fails, and the others go on.
ExplainReport run_explain(const ExplainConfig& config, Progress& progress);

}  // namespace aver
