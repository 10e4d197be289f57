#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/random.h"
#include "features/mfcc_input.h"
#include "train/picture_changes.h"
#include "train/series_changes.h"

namespace aver {

/// Some items of a dataset as the network takes them, on the device.
struct Batch {
  torch::Tensor inputs;   ///< float [n] + Network::input_shape()
  torch::Tensor lengths;  ///< int64 [n], time steps before padding
  torch::Tensor labels;   ///< int64 [n], -1 where unknown
};

/// Another item that an item is blended with, and how much of the blend is the item's own.
struct Blend {
  std::size_t partner = 0;
  float own = 1;
};

/// What a training batch is drawn for: everything random in an item follows from these and itself.
struct TrainingDraw {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::span<const Blend> blends = {};  ///< one an item; none = nothing is blended
};

/// Labelled items of one shape. Batches are made on demand, in any order.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::size_t size() const = 0;
  virtual std::int64_t label(std::size_t item) const = 0;
  virtual Batch batch(std::span<const std::size_t> items, const torch::Device& device) const = 0;
  /// The same for training: changed by what a data set knows to change at random, and blended.
  /// Labels are those of the items themselves.
  Batch training_batch(std::span<const std::size_t> items, const torch::Device& device,
                       const TrainingDraw& draw) const;

 protected:
  /// Items as they are changed in an epoch.
  virtual Batch changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                              const TrainingDraw&) const {
    return batch(items, device);
  }
  /// Of this item in this epoch.
  static Random random_of(const TrainingDraw& draw, std::size_t item);
};

/// MFCCs, normalised and padded once.
class MfccDataset final : public Dataset {
 public:
  MfccDataset(const ClipFeatures& clips, std::vector<std::int64_t> labels,
              const Normalisation& normalisation, std::size_t max_frames,
              SeriesChanges changes = {});
  std::size_t size() const override { return labels_.size(); }
  std::int64_t label(std::size_t item) const override { return labels_[item]; }
  Batch batch(std::span<const std::size_t> items, const torch::Device& device) const override;

 protected:
  Batch changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                      const TrainingDraw& draw) const override;

 private:
  Normalisation normalisation_;
  SeriesChanges changes_;
  std::vector<std::int64_t> labels_;
  std::vector<std::int64_t> lengths_;
  std::size_t max_frames_;
  std::size_t coefficients_;
  std::vector<float> values_;  ///< [clips, max_frames, coefficients]
};

/// Pictures of `size` x `size` x 3 bytes (BGR, row by row), scaled to 0 … 1 as they are taken.
class PictureDataset final : public Dataset {
 public:
  using Picture = std::function<std::span<const std::uint8_t>(std::size_t)>;
  PictureDataset(Picture picture, std::vector<std::int64_t> labels, std::size_t size,
                 PictureChanges changes = {});
  std::size_t size() const override { return labels_.size(); }
  std::int64_t label(std::size_t item) const override { return labels_[item]; }
  Batch batch(std::span<const std::size_t> items, const torch::Device& device) const override;

 protected:
  Batch changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                      const TrainingDraw& draw) const override;

 private:
  /// As batch(), of pictures that `change` has seen, each with its item, in their bytes.
  Batch batch_of(std::span<const std::size_t> items, const torch::Device& device,
                 const std::function<void(std::size_t, std::span<std::uint8_t>)>& change) const;

  PictureChanges changes_;
  Picture picture_;
  std::vector<std::int64_t> labels_;
  std::size_t side_;
};

}  // namespace aver
