#include "nn/res_gru.h"

#include <fmt/format.h>

#include "nn/cpu/dropout.h"
#include "nn/network.h"
#include "nn/residual.h"
#include "nn/sequence.h"

namespace aver {
namespace {

class ResGru final : public Network {
 public:
  explicit ResGru(const ResGruOptions& options) : options_(options) {
    std::int64_t channels = options.filters.front();
    stem_ = register_module("stem", padded_convolution(1, channels, 5, {2, 2}));
    stem_norm_ = register_module("stem_norm", usual_norm(channels));
    std::int64_t rows = halved(options.coefficients);
    for (std::size_t i = 0; i < options.filters.size(); ++i) {
      const std::int64_t filters = options.filters[i];
      const auto name = [&](const char* part) { return fmt::format("block{}_{}", i + 1, part); };
      Block block;
      block.first =
          register_module(name("conv1"), padded_convolution(channels, filters, 3, {1, 2}));
      block.first_norm = register_module(name("norm1"), usual_norm(filters));
      block.second =
          register_module(name("conv2"), padded_convolution(filters, filters, 3, {1, 1}));
      block.second_norm = register_module(name("norm2"), usual_norm(filters));
      block.past = register_module(
          name("past"), torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, filters, 1)));
      blocks_.push_back(block);
      channels = filters;
      rows = halved(rows);
    }
    gru_ = register_module("gru", torch::nn::GRU(torch::nn::GRUOptions(channels * rows, options.gru)
                                                     .batch_first(true)
                                                     .bidirectional(true)));
    const std::int64_t states = 2 * options.gru;
    pooling_ = register_module("attention", AttentionPooling(states, options.attention));
    output_ = register_module("output", torch::nn::Linear(2 * states, options.classes));
  }

  std::vector<std::int64_t> input_shape() const override {
    return {options_.max_frames, options_.coefficients};
  }

  torch::Tensor forward(torch::Tensor x, const torch::Tensor& lengths) override {
    x = x.unsqueeze(1);
    note("input", "features, zero-padded", x);
    auto steps = lengths.to(torch::kCPU, torch::kInt64).clamp(1, x.size(2));
    x = x.narrow(2, 0, longest_of(steps, is_training() ? share : nullptr));
    if (options_.average_pairs) {
      if (x.size(2) % 2 == 1) x = torch::constant_pad_nd(x, {0, 0, 0, 1});
      x = x.unflatten(2, {x.size(2) / 2, 2}).mean(3);
      steps = (steps + 1).div(2, "floor");
      note("pairs", "AveragePooling2D 2x1", x);
    }
    const bool half = is_training() && precision == Precision::bf16;
    steps = (steps + 1).div(2, "floor");
    const auto mask = mask_of(steps, halved(x.size(2))).to(x.device());
    x = masked_block(x, stem_, stem_norm_, half, mask);
    note("stem", "Conv2D 5x5 / 2, ReLU, BatchNormalization", x, stem_.get());
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const Block& block = blocks_[i];
      // Every second row is taken before: oneDNN 2.6's 1x1 convolution with a stride writes beyond
      // its memory for few channels.
      const auto every_second = x.slice(3, 0, torch::indexing::None, 2);
      const auto past = masked(convolve(every_second, block.past, half), mask);
      x = masked_block(x, block.first, block.first_norm, half, mask);
      x = masked_block(x, block.second, block.second_norm, half, mask) + past;
      note(fmt::format("block{}", i + 1), "two Conv2D 3x3, residual", x, block.second.get());
    }
    x = x.permute({0, 2, 3, 1}).flatten(2).to(torch::kFloat32);
    // A process without items takes part in the statistics above, and its gradient is nothing.
    if (x.size(0) == 0) return x.flatten(1).narrow(1, 0, options_.classes);
    x = fast_dropout(x, options_.dropout, is_training(), share);
    x = states_of(gru_, x, steps);
    note("gru", "GRU, both ways", x, gru_.get());
    x = pooling_(x, mask);
    note("attention", "mean and deviation by attention", x, pooling_.get());
    x = fast_dropout(x, options_.dropout, is_training(), share);
    x = output_(x);
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

 private:
  struct Block {
    torch::nn::Conv2d first = nullptr, second = nullptr, past = nullptr;
    torch::nn::BatchNorm2d first_norm = nullptr, second_norm = nullptr;
  };

  static std::int64_t halved(std::int64_t size) { return (size + 1) / 2; }

  torch::Tensor masked_block(const torch::Tensor& x, const torch::nn::Conv2d& layer,
                             const torch::nn::BatchNorm2d& norm, bool half,
                             const torch::Tensor& mask) const {
    return masked(normalised(x, layer, norm, half, is_training(), share), mask);
  }

  /// After every layer, so that what stands beyond a clip's end is zero for the next kernel,
  /// however far a batch is padded.
  static torch::Tensor masked(const torch::Tensor& x, const torch::Tensor& mask) {
    return x * mask.view({x.size(0), 1, -1, 1}).to(x.scalar_type());
  }

  ResGruOptions options_;
  torch::nn::Conv2d stem_ = nullptr;
  torch::nn::BatchNorm2d stem_norm_ = nullptr;
  std::vector<Block> blocks_;
  torch::nn::GRU gru_ = nullptr;
  AttentionPooling pooling_ = nullptr;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_res_gru(ResGruOptions options, std::uint64_t seed) {
  require_valid(options);
  auto network = std::make_shared<ResGru>(options);
  initialise_like_keras(*network, seed);
  return network;
}

}  // namespace aver
