#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "features/mfcc_input.h"

namespace aver {

/// Some items of a dataset as the network takes them, on the device.
struct Batch {
  torch::Tensor inputs;   ///< float [n] + Network::input_shape()
  torch::Tensor lengths;  ///< int64 [n], time steps before padding
  torch::Tensor labels;   ///< int64 [n], -1 where unknown
};

/// Labelled items of one shape. Batches are made on demand, in any order.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::size_t size() const = 0;
  virtual std::int64_t label(std::size_t item) const = 0;
  virtual Batch batch(std::span<const std::size_t> items, const torch::Device& device) const = 0;
};

/// MFCCs, normalised and padded once.
class MfccDataset final : public Dataset {
 public:
  MfccDataset(const ClipFeatures& clips, std::vector<std::int64_t> labels,
              const Normalisation& normalisation, std::size_t max_frames);
  std::size_t size() const override { return labels_.size(); }
  std::int64_t label(std::size_t item) const override { return labels_[item]; }
  Batch batch(std::span<const std::size_t> items, const torch::Device& device) const override;

 private:
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
  PictureDataset(Picture picture, std::vector<std::int64_t> labels, std::size_t size);
  std::size_t size() const override { return labels_.size(); }
  std::int64_t label(std::size_t item) const override { return labels_[item]; }
  Batch batch(std::span<const std::size_t> items, const torch::Device& device) const override;

 private:
  Picture picture_;
  std::vector<std::int64_t> labels_;
  std::size_t side_;
};

}  // namespace aver
