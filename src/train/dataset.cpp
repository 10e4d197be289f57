#include "train/dataset.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/checked_size.h"
#include "base/error.h"

namespace aver {
namespace {

torch::Tensor gather(const std::vector<std::int64_t>& values, std::span<const std::size_t> items) {
  auto tensor = torch::empty({static_cast<std::int64_t>(items.size())}, torch::kInt64);
  auto* out = tensor.data_ptr<std::int64_t>();
  for (const std::size_t item : items) *out++ = values[item];
  return tensor;
}

}  // namespace

Batch Dataset::training_batch(std::span<const std::size_t> items, const torch::Device& device,
                              const TrainingDraw& draw) const {
  Batch own = changed_batch(items, device, draw);
  if (draw.blends.empty() || items.empty()) return own;
  std::vector<std::size_t> partners;
  std::vector<std::int64_t> shape(static_cast<std::size_t>(own.inputs.dim()), 1);
  shape.front() = static_cast<std::int64_t>(items.size());
  auto shares = torch::empty(shape);
  for (std::size_t i = 0; i < items.size(); ++i) {
    partners.push_back(draw.blends[i].partner);
    shares.data_ptr<float>()[i] = draw.blends[i].own;
  }
  const Batch others = changed_batch(partners, device, draw);
  own.inputs = others.inputs.lerp(own.inputs, shares.to(device));
  own.lengths = torch::maximum(own.lengths, others.lengths);
  return own;
}

Random Dataset::random_of(const TrainingDraw& draw, std::size_t item) {
  constexpr std::uint64_t kChanges = 3;  // the trainer's purposes are 1 and 2
  return Random(derive_seed(draw.seed, {kChanges, draw.epoch, item}));
}

/// Where all clips go, padded. A model may ask for clips of a length that no memory holds.
static std::vector<float> zeros(std::size_t clips, std::size_t frames, std::size_t coefficients) {
  try {
    return std::vector<float>(
        checked_product(std::array{clips, frames, coefficients}).value_or(SIZE_MAX));
  } catch (const std::exception&) {
    throw Error("{} clips of {} time steps of {} coefficients each are more than memory holds",
                clips, frames, coefficients);
  }
}

MfccDataset::MfccDataset(const ClipFeatures& clips, std::vector<std::int64_t> labels,
                         const Normalisation& normalisation, std::size_t max_frames,
                         SeriesChanges changes)
    : normalisation_(normalisation),
      changes_(std::move(changes)),
      labels_(std::move(labels)),
      max_frames_(max_frames),
      coefficients_(clips.empty() ? 0 : clips.front()->shape[0]),
      values_(zeros(clips.size(), max_frames, coefficients_)) {
  if (!normalisation_.empty() && !clips.empty() && normalisation_.mean.size() != coefficients_) {
    throw Error("clips of {} coefficients do not fit a normalisation of {}", coefficients_,
                normalisation_.mean.size());
  }
  const std::size_t each = max_frames_ * coefficients_;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    prepare_mfcc(*clips[i], normalisation, max_frames_, std::span(values_).subspan(i * each, each));
    lengths_.push_back(static_cast<std::int64_t>(std::min(clips[i]->shape[1], max_frames_)));
  }
}

Batch MfccDataset::batch(std::span<const std::size_t> items, const torch::Device& device) const {
  const std::size_t each = max_frames_ * coefficients_;
  auto inputs =
      torch::empty({static_cast<std::int64_t>(items.size()), static_cast<std::int64_t>(max_frames_),
                    static_cast<std::int64_t>(coefficients_)});
  auto* out = inputs.data_ptr<float>();
  for (const std::size_t item : items) {
    std::memcpy(out, values_.data() + item * each, each * sizeof(float));
    out += each;
  }
  return {inputs.to(device), gather(lengths_, items).to(device), gather(labels_, items).to(device)};
}

Batch MfccDataset::changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                                 const TrainingDraw& draw) const {
  if (!changes_.any()) return batch(items, device);
  const std::size_t each = max_frames_ * coefficients_;
  Batch changed = batch(items, torch::kCPU);
  auto* clip = changed.inputs.data_ptr<float>();
  auto* length = changed.lengths.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < items.size(); ++i, clip += each, ++length) {
    Random random = random_of(draw, items[i]);
    *length = static_cast<std::int64_t>(changes_.apply(
        {std::span(clip, each), static_cast<std::size_t>(*length), max_frames_, coefficients_},
        normalisation_, random));
  }
  return {changed.inputs.to(device), changed.lengths.to(device), changed.labels.to(device)};
}

PictureDataset::PictureDataset(Picture picture, std::vector<std::int64_t> labels, std::size_t size,
                               PictureChanges changes)
    : changes_(changes), picture_(std::move(picture)), labels_(std::move(labels)), side_(size) {}

Batch PictureDataset::batch(std::span<const std::size_t> items, const torch::Device& device) const {
  return batch_of(items, device, [](std::size_t, std::span<std::uint8_t>) {});
}

Batch PictureDataset::changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                                    const TrainingDraw& draw) const {
  if (!changes_.any()) return batch(items, device);
  return batch_of(items, device, [&](std::size_t item, std::span<std::uint8_t> picture) {
    Random random = random_of(draw, item);
    changes_.apply(picture, side_, random);
  });
}

Batch PictureDataset::batch_of(
    std::span<const std::size_t> items, const torch::Device& device,
    const std::function<void(std::size_t, std::span<std::uint8_t>)>& change) const {
  const auto side = static_cast<std::int64_t>(side_);
  auto bytes =
      torch::empty({static_cast<std::int64_t>(items.size()), side, side, 3}, torch::kUInt8);
  auto* out = bytes.data_ptr<std::uint8_t>();
  for (const std::size_t item : items) {
    const auto picture = picture_(item);
    std::memcpy(out, picture.data(), picture.size());
    change(item, {out, picture.size()});
    out += picture.size();
  }
  // Rows of BGR pixels are channels-last memory: the permutation moves no byte.
  auto inputs = bytes.to(device).to(torch::kFloat32).div_(255.0).permute({0, 3, 1, 2});
  const auto labels = gather(labels_, items).to(device);
  return {inputs, torch::zeros_like(labels), labels};
}

}  // namespace aver
