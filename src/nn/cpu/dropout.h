#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "nn/batch_share.h"

namespace aver {

/// Inverted dropout, as torch::dropout. On the CPU LibTorch draws one number after another on one
/// thread, which takes a tenth of an audio training step; here the mask comes from a hash of
/// (one draw of LibTorch's generator, position), so all threads make it and their number does not
/// matter. With `share`, x is that part of a batch and gets its part of the batch's mask. (Off the
/// CPU the parts are of one mask too, but of another than that of a batch that is not shared.)
torch::Tensor fast_dropout(const torch::Tensor& x, double rate, bool training,
                           const BatchShare* share = nullptr);

/// One draw of LibTorch's generator: where a mask starts from.
std::uint64_t draw_seed();
/// The part of a mask that belongs to one item of a batch.
std::uint64_t item_seed(std::uint64_t seed, std::uint64_t item);

}  // namespace aver
