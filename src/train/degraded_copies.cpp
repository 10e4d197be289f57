#include "train/degraded_copies.h"

namespace aver {

DegradedCopies::DegradedCopies(std::unique_ptr<Dataset> all,
                               std::vector<std::vector<std::size_t>> copies)
    : all_(std::move(all)), copies_(std::move(copies)) {}

Batch DegradedCopies::batch(std::span<const std::size_t> items, const torch::Device& device) const {
  return all_->batch(items, device);
}

Batch DegradedCopies::changed_batch(std::span<const std::size_t> items, const torch::Device& device,
                                    const TrainingDraw& draw) const {
  std::vector<std::size_t> drawn;
  for (const std::size_t item : items) {
    const auto& own = copies_[item];
    Random random = random_of(draw, item);
    const std::size_t which = random.below(own.size() + 1);
    drawn.push_back(which == 0 ? item : own[which - 1]);
  }
  // Items are blended after this: what is asked for here is each one's change alone.
  return all_->training_batch(drawn, device, {draw.seed, draw.epoch});
}

}  // namespace aver
