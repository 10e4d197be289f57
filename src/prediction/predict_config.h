#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/shard.h"
#include "corpus/corpus.h"
#include "eval/smoother.h"
#include "prediction/recogniser.h"

namespace aver {

class Options;

/// What `aver-predict` is told. It is asked about clips of any name (`models` and `paths`), or runs
/// one model over a stage folder (`model` and `input`).
struct PredictConfig {
  // About clips.
  RecogniserConfig models;         ///< its device and threads count for a stage folder too
  ReadOptions read;                ///< a hop of 0 is a third of the window
  std::vector<std::string> paths;  ///< clips, folders of clips, "-" for standard input
  std::function<std::string()> standard_input;  ///< all of it, for "-"
  std::string format = "table";                 ///< "table", "jsonl" or "csv"
  bool live = false;                            ///< answer standard input while it comes
  bool segments = false;                        ///< of the windows, by a smoother
  fs::path smoother;                            ///< smoother.json; "" = that of the next two
  double change_penalty = Smoother().change_penalty;
  double minimum_segment = Smoother().minimum_seconds;

  // About a stage folder.
  fs::path model;  ///< model file or folder of a finished run
  fs::path input;  ///< stage folder: frames for a visual model, MFCCs for an audio model
  ClipChoice choice;

  /// File for the answers on clips ("" = they are handed out), or a stage's predictions.csv.
  fs::path output;
  std::size_t workers = 0;  ///< clips at a time, or readers of a stage folder; 0 = inline
  /// The share of the clips that this run answers; join_predictions() makes the file of all.
  std::optional<Shard> shard;
  /// Answers that an interrupted run kept beside `output` must be those of these settings and
  /// clips.
  bool resume = false;
  bool join = false;  ///< join the shards of `output` instead; needs nothing else

  void describe(Options& options);
  /// What makes segments; nothing where there are to be none. Throws Error for a file that is no
  /// smoother.json.
  std::optional<Smoother> smoother_in_use() const;
  /// The windows that the options and the smoother ask for. Throws UsageError where they differ:
  /// what it was fitted on says nothing of others.
  ReadOptions windows() const;
  bool about_clips() const { return !paths.empty() || !models.lacks_models(); }
  /// Throws UsageError that lists every problem, and for an output that is one of the models or a
  /// file of a training run.
  void validate() const;
};

}  // namespace aver
