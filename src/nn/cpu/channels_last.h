#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "nn/options.h"

namespace aver {

/// Zeros that a 3x3 convolution adds on each side.
inline std::int64_t border_of(Padding padding) {
  return padding == Padding::same ? 1 : 0;
}

/// The convolution, with its own stride, in the type of x, its weights rounded to it, all in
/// channels-last memory, which LibTorch's library takes as it is.
inline torch::Tensor convolve_channels_last(const torch::Tensor& x,
                                            const torch::nn::Conv2dImpl& convolution,
                                            std::int64_t padding) {
  constexpr auto kLayout = torch::MemoryFormat::ChannelsLast;
  const auto type = x.scalar_type();
  if (x.size(0) == 0) {  // LibTorch's convolution refuses no items in channels-last memory
    constexpr auto kPlain = torch::MemoryFormat::Contiguous;
    return torch::conv2d(x.clone(kPlain), convolution.weight.to(type).clone(kPlain),
                         convolution.bias.to(type), convolution.options.stride(), padding);
  }
  return torch::conv2d(x.contiguous(kLayout), convolution.weight.to(type).contiguous(kLayout),
                       convolution.bias.to(type), convolution.options.stride(), padding);
}

}  // namespace aver
