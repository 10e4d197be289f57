#include "nn/visual_net.h"

#include <fmt/format.h>

#include "nn/cpu/channels_last.h"
#include "nn/cpu/dropout.h"
#include "nn/cpu/relu_norm_pool.h"
#include "nn/made_network.h"

namespace aver {
namespace {

class VisualNet final : public Network {
 public:
  explicit VisualNet(const VisualNetOptions& options) : options_(options) {
    std::int64_t channels = 3;
    for (std::size_t i = 0; i < options.filters.size(); ++i) {
      auto settings = torch::nn::Conv2dOptions(channels, options.filters[i], 3);
      if (options.padding == Padding::same) settings.padding(1);
      convolutions_.push_back(
          register_module(fmt::format("conv{}", i + 1), torch::nn::Conv2d(settings)));
      channels = options.filters[i];
    }
    const std::int64_t side = options.sides().back();
    std::int64_t units = side * side * channels;
    for (std::size_t i = 0; i < options.dense.size(); ++i) {
      dense_.push_back(register_module(fmt::format("dense{}", i + 1),
                                       torch::nn::Linear(units, options.dense[i])));
      units = options.dense[i];
    }
    output_ = register_module("output", torch::nn::Linear(units, options.classes));
  }

  std::vector<std::int64_t> input_shape() const override {
    return {3, options_.picture_size, options_.picture_size};
  }

  std::string layer_with_places() const override {
    return fmt::format("conv{}", convolutions_.size());
  }

  torch::Tensor forward(torch::Tensor x, const torch::Tensor&) override {
    note("input", "BGR / 255", x);
    if (is_training() && precision == Precision::bf16) x = x.to(torch::kBFloat16);
    for (std::size_t i = 0; i < convolutions_.size(); ++i) {
      x = convolve_channels_last(x, *convolutions_[i], border_of(options_.padding));
      note(fmt::format("conv{}", i + 1), "Conv2D 3x3, ReLU", x, convolutions_[i].get());
      x = relu_norm_pool(x, {.pooled = true}, is_training(), share);
      note(fmt::format("pool{}", i + 1), "MaxPooling2D 2x2", x);
    }
    // Row, column, channel: the order in which Keras flattens, and no copy in channels-last memory.
    x = x.permute({0, 2, 3, 1}).flatten(1).to(torch::kFloat32);
    note("flatten", "Flatten", x);
    for (std::size_t i = 0; i < dense_.size(); ++i) {
      x = dense_[i](x).relu_();
      note(fmt::format("dense{}", i + 1), "Dense, ReLU", x, dense_[i].get());
      x = fast_dropout(x, options_.dropout, is_training(), share);
      note(fmt::format("dropout{}", i + 1), fmt::format("Dropout {}", options_.dropout), x);
    }
    x = output_(x);
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

 private:
  VisualNetOptions options_;
  std::vector<torch::nn::Conv2d> convolutions_;
  std::vector<torch::nn::Linear> dense_;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_visual_net(VisualNetOptions options, std::uint64_t seed) {
  return made_network<VisualNet>(options, seed);
}

}  // namespace aver
