#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "train/dataset.h"

namespace aver {

/// A data set of clips some of which have copies, the same clips under other conditions: a training
/// batch has of each item the clip itself or one of its copies, each as likely. Whatever else is
/// asked for is the clips themselves.
class DegradedCopies final : public Dataset {
 public:
  /// `all` are the clips, as many as `copies`, and behind them whatever copies there are; of each
  /// clip `copies` has their places in `all`.
  DegradedCopies(std::unique_ptr<Dataset> all, std::vector<std::vector<std::size_t>> copies);
  std::size_t size() const override { return copies_.size(); }
  std::int64_t label(std::size_t item) const override { return all_->label(item); }
  Batch batch(std::span<const std::size_t> items, const torch::Device& device) const override;

 protected:
  Batch changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                      const TrainingDraw& draw) const override;

 private:
  std::unique_ptr<Dataset> all_;
  std::vector<std::vector<std::size_t>> copies_;
};

}  // namespace aver
