#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/progress.h"
#include "corpus/corpus.h"
#include "distributed/process_group.h"
#include "features/mfcc_input.h"
#include "nn/architectures.h"
#include "protocol/split.h"
#include "store/predictions.h"
#include "train/dataset.h"
#include "train/plateau.h"
#include "training/training.h"

namespace aver {

/// What a model learns from, item by item.
struct TrainingItems {
  std::vector<SplitItem> items;            ///< named as the predictions call them
  Split split;                             ///< all folds
  std::string unit;                        ///< what the items are: "clips", "frames" or "pictures"
  ClipTable clips = Corpus().clips();      ///< what is known of them, for clips.csv
  std::vector<std::string> left_out = {};  ///< by the choice of clips, a sentence each
  std::vector<std::string> remarks = {};   ///< on what the input is taken for, a sentence each

  std::vector<std::string> labels() const;
};

/// A data set, and what of its making a model must remember.
struct TrainingData {
  std::unique_ptr<Dataset> dataset;
  Normalisation normalisation;
};

/// Everything in which the training of one modality differs from that of another: what is read, and
/// which network looks at it. ModelTrainer does the rest.
class TrainingInput {
 public:
  virtual ~TrainingInput() = default;

  virtual std::string kind() const = 0;   ///< of the model: "audio" or "visual"
  virtual std::string title() const = 0;  ///< at the start of a sentence: "Audio" or "Visual"
  /// Everything a run is told.
  virtual Options options(const TrainingConfig& run) const = 0;

  /// Reads what the split is made of, and fits the network to it. Comes before all that follows.
  virtual TrainingItems read(Progress& progress) = 0;
  /// Role of each item in one fold.
  virtual Roles roles(const Split& split) const = 0;
  /// The fold of a run that names none, where it is not the split's only one.
  virtual FoldChoice fold_by_default() const { return {}; }

  /// Work that takes long and is done once for all folds, after all that is quickly checked. In a
  /// group rank 0 does it.
  virtual void prepare(Progress&, const ProcessGroup&) {}
  /// What an item holds, for fingerprints. After prepare().
  virtual std::span<const std::byte> content(std::size_t item) const = 0;
  /// The items with the indices of their labels; `train` are those that train. After prepare().
  virtual TrainingData data(std::vector<std::int64_t> labels,
                            std::span<const std::size_t> train) const = 0;

  /// What new input must have gone through to be some the model knows, for the model file.
  virtual nlohmann::json model_input() const = 0;
  /// The network that is trained, fitted to the input.
  virtual const NetworkChoice& network() const = 0;
  virtual std::optional<PlateauOptions> plateau() const { return std::nullopt; }

  /// True when a trained network is to answer with the mean of a picture's and its mirror image's
  /// distribution.
  virtual bool mirrors_answers() const { return false; }

  /// The predictions of whole clips, where the items are parts of clips.
  virtual std::optional<Predictions> of_clips(const Predictions&) const { return std::nullopt; }
  /// True when the items know which recordings are equal.
  virtual bool knows_sounds() const { return false; }
  /// True when each item is one picture, so that what it holds tells which are equal.
  virtual bool knows_pictures() const { return false; }
};

}  // namespace aver
