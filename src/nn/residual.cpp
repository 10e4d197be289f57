#include "nn/residual.h"

#include <fmt/format.h>

#include "nn/cpu/channels_last.h"
#include "nn/cpu/relu_norm_pool.h"

namespace aver {

torch::nn::Conv2d padded_convolution(std::int64_t from, std::int64_t to, std::int64_t side,
                                     torch::ExpandingArray<2> stride) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(from, to, side).stride(stride).padding(side / 2));
}

torch::nn::BatchNorm2d usual_norm(std::int64_t channels) {
  constexpr double kNew = 0.1;
  return torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels).momentum(kNew));
}

ResidualBlock register_residual_block(torch::nn::Module& network, const std::string& name,
                                      std::int64_t from, std::int64_t to,
                                      torch::ExpandingArray<2> stride, bool always) {
  const auto add = [&](const char* part, auto layer) {
    return network.register_module(name + part, layer);
  };
  ResidualBlock block;
  block.first = add("_conv1", padded_convolution(from, to, 3, stride));
  block.first_norm = add("_norm1", usual_norm(to));
  block.second = add("_conv2", padded_convolution(to, to, 3, {1, 1}));
  block.second_norm = add("_norm2", usual_norm(to));
  if (always || from != to || stride->at(0) * stride->at(1) > 1) {
    block.past = add("_past", padded_convolution(from, to, 1, {1, 1}));
  }
  return block;
}

torch::Tensor ResidualNetwork::convolve(const torch::Tensor& x,
                                        const torch::nn::Conv2d& layer) const {
  const bool half = is_training() && precision == Precision::bf16;
  return convolve_channels_last(x.to(half ? torch::kBFloat16 : torch::kFloat32), *layer,
                                layer->options.kernel_size()->at(0) / 2);
}

torch::Tensor ResidualNetwork::normalised(const std::string& name, const std::string& norm_name,
                                          const torch::Tensor& x, const torch::nn::Conv2d& layer,
                                          const torch::nn::BatchNorm2d& norm, bool pooled) const {
  const auto side = layer->options.kernel_size()->at(0);
  const auto seen = convolve(x, layer);
  note(name, fmt::format("Conv2D {0}x{0}, ReLU", side), seen, layer.get());
  note(norm_name, "BatchNormalization", seen, norm.get());
  return relu_norm_pool(seen, {norm, pooled, 0.0}, is_training(), share);
}

torch::Tensor ResidualNetwork::passed_by(const std::string& name, torch::Tensor x,
                                         const ResidualBlock& block) const {
  if (!block.past) return x;
  // The places of the stride are taken before: oneDNN 2.6's 1x1 convolution with a stride writes
  // beyond its memory for few channels.
  const auto& stride = block.first->options.stride();
  for (const std::int64_t side : {0, 1}) {
    const std::int64_t step = stride->at(static_cast<std::size_t>(side));
    if (step > 1) x = x.slice(2 + side, 0, torch::indexing::None, step);
  }
  x = convolve(x, block.past);
  note(name + "_past", "Conv2D 1x1", x, block.past.get());
  return x;
}

}  // namespace aver
