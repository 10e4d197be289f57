#include "nn/resnet_small.h"

#include <fmt/format.h>

#include <utility>

#include "nn/cpu/dropout.h"
#include "nn/made_network.h"
#include "nn/residual.h"

namespace aver {
namespace {

class ResnetSmall final : public ResidualNetwork {
 public:
  explicit ResnetSmall(const ResnetSmallOptions& options) : options_(options) {
    std::int64_t channels = options.filters.front();
    stem_ =
        register_module("stem", padded_convolution(options.input_channels, channels, 3, {1, 1}));
    stem_norm_ = register_module("stem_norm", usual_norm(channels));
    for (std::size_t stage = 0; stage < options.filters.size(); ++stage) {
      for (int i = 0; i < options.blocks; ++i) {
        const std::int64_t step = stage > 0 && i == 0 ? 2 : 1;
        const std::string name = fmt::format("block{}_{}", stage + 1, i + 1);
        blocks_.emplace_back(name,
                             register_residual_block(*this, name, channels, options.filters[stage],
                                                     {step, step}, /*always=*/false));
        channels = options.filters[stage];
      }
    }
    output_ = register_module("output", torch::nn::Linear(channels, options.classes));
  }

  std::vector<std::int64_t> input_shape() const override {
    return {3, options_.picture_size, options_.picture_size};
  }

  std::string layer_with_places() const override { return blocks_.back().first; }

  torch::Tensor forward(torch::Tensor x, const torch::Tensor&) override {
    note("input", "BGR / 255", x);
    if (options_.input_channels == 1) {
      // Luma as BT.601 weighs it.
      const auto weights = torch::tensor({0.114F, 0.587F, 0.299F}, x.options()).view({1, 3, 1, 1});
      x = (x * weights).sum(1, /*keepdim=*/true);
      note("grey", "one channel", x);
    }
    x = x - 0.5;
    x = normalised("stem", "stem_norm", x, stem_, stem_norm_, /*pooled=*/true);
    note("stem_pool", "MaxPooling2D 2x2", x);
    for (const auto& [name, block] : blocks_) {
      const auto past = passed_by(name, x, block);
      x = normalised(name + "_conv1", name + "_norm1", x, block.first, block.first_norm);
      x = normalised(name + "_conv2", name + "_norm2", x, block.second, block.second_norm) + past;
      note(name, "sum with what passed by", x);
    }
    x = x.to(torch::kFloat32).mean({2, 3});
    note("pool", "GlobalAveragePooling2D", x);
    x = fast_dropout(x, options_.dropout, is_training(), share);
    x = output_(x);
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

 private:
  ResnetSmallOptions options_;
  torch::nn::Conv2d stem_ = nullptr;
  torch::nn::BatchNorm2d stem_norm_ = nullptr;
  std::vector<std::pair<std::string, ResidualBlock>> blocks_;  ///< with their names
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_resnet_small(ResnetSmallOptions options, std::uint64_t seed) {
  return made_network<ResnetSmall>(options, seed);
}

}  // namespace aver
