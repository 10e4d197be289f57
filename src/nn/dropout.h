#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace aver {

/// Inverted dropout, as torch::dropout. On the CPU LibTorch draws one number after another on one
/// thread, which takes a tenth of an audio training step; here the mask comes from a hash of
/// (one draw of LibTorch's generator, position), so all threads make it and their number does not
/// matter.
torch::Tensor fast_dropout(const torch::Tensor& x, double rate, bool training);

/// One draw of LibTorch's generator: where a mask starts from.
std::uint64_t draw_seed();
/// The part of a mask that belongs to one item of a batch.
std::uint64_t item_seed(std::uint64_t seed, std::uint64_t item);

}  // namespace aver
