#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "distributed/process_group.h"
#include "nn/network.h"
#include "runs/history.h"
#include "store/safetensors.h"
#include "train/adam.h"
#include "train/dataset.h"
#include "train/plateau.h"
#include "train/recipe.h"

namespace aver {

/// What a network with two heads (two_heads.h) learns beside the classes.
struct LevelTargets {
  std::int64_t steps = 0;              ///< from level to level; 0 = one head alone
  std::vector<std::int64_t> of_items;  ///< of each item of the data set, -1 where unknown
  double weight = 1;                   ///< of its loss beside the classes'
};

/// Settings of the epoch loop. The same for both models.
struct TrainOptions {
  int batch_size = 32;
  double learning_rate = 1e-3;
  std::uint64_t seed = 42;
  std::optional<PlateauOptions> plateau;  ///< the learning-rate rule; none = constant rate
  Recipe recipe = {};
  int epochs = 0;                      ///< that the cosine schedule ends with
  std::set<std::string> started = {};  ///< weights that were not drawn, by name
  double started_rate = 1;             ///< what their rate is multiplied with
  LevelTargets levels = {};
};

/// Which items of the dataset play which part.
struct TrainParts {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;  ///< may be empty: then the history has zeros there
};

/// Trains a network epoch by epoch. Everything random in an epoch comes from (seed, epoch), so a
/// run that stops and is restored continues as if it had never stopped.
///
/// The processes of a group share every batch: each takes a run of its items, gradients and the
/// statistics of batch normalisation are added up, and all step alike. But for the order in which
/// numbers are added up, they do what one process does. All have the same history.
class Trainer {
 public:
  Trainer(std::shared_ptr<Network> network, const Dataset& dataset, TrainParts parts,
          TrainOptions options, const torch::Device& device,
          std::shared_ptr<const ProcessGroup> group = std::make_shared<ProcessGroup>());

  /// Called after every batch with batches done, batches in all, and loss and accuracy so far;
  /// false stops the epoch.
  using AfterBatch =
      std::function<bool(std::size_t done, std::size_t total, double loss, double accuracy)>;

  /// One epoch: shuffled batches, then the validation part, then the learning-rate rule. Nothing
  /// when `after_batch` stopped it: the network is then in the middle of an epoch and the trainer
  /// must not be used further. Throws Error when the loss is not finite.
  /// `validated` is called after every batch of the validation part, with the items done; it may
  /// throw to stop the epoch, with the same consequence.
  std::optional<EpochRecord> run_epoch(const AfterBatch& after_batch,
                                       const std::function<void(std::size_t)>& validated = {});

  std::size_t batches() const;  ///< per epoch
  /// How fast the last epoch trained, its validation left out; for logs only.
  double items_per_second() const { return items_per_second_; }
  const std::vector<EpochRecord>& history() const { return history_; }
  int epochs_done() const { return static_cast<int>(history_.size()); }
  /// Epoch with the lowest validation loss so far, the first on a tie; 0 before the first.
  int best_epoch() const;
  /// True when the recipe ends the run here, for the validation loss has not fallen for long.
  bool ends_early() const;

  /// The weights that are scored: the network's, or their moving average.
  std::map<std::string, TensorBytes> scored_weights() const;
  /// Leaves the network with those. The trainer must not be used further.
  void keep_scored_weights();

  /// Everything that a later run needs to continue after the last finished epoch.
  Safetensors checkpoint() const;
  /// Throws Error naming `source` when it does not fit this network.
  void restore(const Safetensors& checkpoint, const std::string& source);

 private:
  struct Sums {
    double loss = 0.0;
    double correct = 0.0;
    double count = 0.0;
  };
  bool train_batches(Sums& sums, const AfterBatch& after_batch);
  void train_batch(std::span<const std::size_t> items, Sums& sums);
  std::vector<Blend> blends_of(std::span<const std::size_t> items, std::uint64_t batch) const;
  torch::Tensor loss_of(const torch::Tensor& logits, const Batch& batch,
                        std::span<const std::size_t> items, std::span<const Blend> blends) const;
  torch::Tensor loss_of_levels(const torch::Tensor& output, std::span<const std::size_t> all,
                               std::span<const std::size_t> own,
                               std::span<const Blend> blends) const;
  void sum_gradients();
  void clip_gradients();
  void set_rate();
  void follow_average();
  void swap_average() const;
  void require_finite(double loss, const std::string& where) const;

  std::shared_ptr<Network> network_;
  const Dataset& dataset_;
  TrainParts parts_;
  TrainOptions options_;
  torch::Device device_;
  std::shared_ptr<const ProcessGroup> group_;
  Adam optimizer_;
  std::optional<Plateau> plateau_;
  std::vector<float> class_weights_;              ///< empty: all alike
  std::map<std::string, torch::Tensor> average_;  ///< of weights and running statistics, by name
  std::vector<EpochRecord> history_;
  double items_per_second_ = 0.0;
};

/// Distributions [items.size()][classes] (softmax), in the order of `items`. Each item goes through
/// the network alone, on one thread, as many side by side as use_threads() says: on a CPU a result
/// depends neither on which items go together nor on the number of threads, to the last bit. The
/// processes of a group share the items, and all get all results.
std::vector<std::vector<double>> predict(Network& network, const Dataset& dataset,
                                         std::span<const std::size_t> items,
                                         const torch::Device& device,
                                         const std::function<void(std::size_t)>& progress = {},
                                         const ProcessGroup& group = {});

}  // namespace aver
