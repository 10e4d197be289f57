#pragma once

#include <string>

#include "base/progress.h"
#include "media/media_source.h"
#include "nn/architectures.h"
#include "train/picture_changes.h"
#include "training/training.h"

namespace aver {

class Options;

/// `aver-train-visual`: a network, the paper's CNN unless told, on the frames of a stage folder, or
/// on any folder of class-named folders with pictures.
struct TrainVisualConfig {
  TrainVisualConfig();
  TrainingConfig training;      ///< 25 epochs, batch 8, rate 1e-4
  std::vector<fs::path> input;  ///< stage folders of aver-extract-frames, mostly one
  /// Stage folders of the same clips under other conditions: in each epoch a training frame is
  /// itself or one of its copies, drawn. No copy of another clip is ever looked at.
  std::vector<fs::path> copies;
  fs::path images;            ///< or: folder of class-named folders
  fs::path picture_cache;     ///< decoded pictures; empty = hidden in training.output
  std::string corpus;         ///< images: what they are, as for the stages; "" = labelled by folder
  std::string group_pattern;  ///< images: regular expression on the file name; group 1 = subject
  /// Images whose subjects are known: folds the subjects are dealt into; training.folds names those
  /// to train (the first when it names none). 0 = pictures at random, subjects only for the leak
  /// check.
  int group_folds = 5;
  double test_share = 0.20;         ///< protocol paper
  bool keep_going = false;          ///< pictures that cannot be read are left out and said
  MediaLimits limits;               ///< of a picture
  PictureChanges changes;           ///< of training pictures
  bool mirror_answers = false;      ///< ask for each picture and its mirror image
  NetworkChoice network{"visual"};  ///< classes come from the input

  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

TrainingReport run_train_visual(const TrainVisualConfig& config, Progress& progress);

/// Layers, shapes and parameters of the network for these options (the paper's figure 4).
std::string describe_visual(const TrainVisualConfig& config);

}  // namespace aver
