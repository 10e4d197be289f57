#include "nn/residual.h"

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

torch::Tensor convolve(const torch::Tensor& x, const torch::nn::Conv2d& layer, bool half) {
  return convolve_channels_last(x.to(half ? torch::kBFloat16 : torch::kFloat32), *layer,
                                layer->options.kernel_size()->at(0) / 2);
}

torch::Tensor normalised(const torch::Tensor& x, const torch::nn::Conv2d& layer,
                         const torch::nn::BatchNorm2d& norm, bool half, bool training,
                         const BatchShare* share, bool pooled) {
  return relu_norm_pool(convolve(x, layer, half), {norm, pooled, 0.0}, training, share);
}

}  // namespace aver
