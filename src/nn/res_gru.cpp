#include "nn/res_gru.h"

#include <fmt/format.h>

#include "nn/cpu/dropout.h"
#include "nn/cpu/gru_layer.h"
#include "nn/made_network.h"
#include "nn/residual.h"
#include "nn/sequence.h"

namespace aver {
namespace {

class ResGru final : public ResidualNetwork {
 public:
  explicit ResGru(const ResGruOptions& options) : options_(options) {
    std::int64_t channels = options.filters.front();
    stem_ = register_module("stem", padded_convolution(1, channels, 5, {2, 2}));
    stem_norm_ = register_module("stem_norm", usual_norm(channels));
    std::int64_t rows = halved(options.coefficients);
    for (std::size_t i = 0; i < options.filters.size(); ++i) {
      const std::int64_t filters = options.filters[i];
      blocks_.push_back(register_residual_block(*this, fmt::format("block{}", i + 1), channels,
                                                filters, {1, 2}, /*always=*/true));
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

  std::string layer_with_places() const override { return fmt::format("block{}", blocks_.size()); }
  bool takes_any_length() const override { return true; }

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
    steps = (steps + 1).div(2, "floor");
    const auto mask = mask_of(steps, halved(x.size(2))).to(x.device());
    x = masked(normalised("stem", "stem_norm", x, stem_, stem_norm_), mask);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const ResidualBlock& block = blocks_[i];
      const auto name = fmt::format("block{}", i + 1);
      const auto past = masked(passed_by(name, x, block), mask);
      x = normalised(name + "_conv1", name + "_norm1", x, block.first, block.first_norm);
      x = masked(x, mask);
      x = normalised(name + "_conv2", name + "_norm2", x, block.second, block.second_norm);
      x = masked(x, mask) + past;
      note(name, "sum with what passed by", x);
    }
    x = x.permute({0, 2, 3, 1}).flatten(2).to(torch::kFloat32);
    // A process without items takes part in the statistics above, and its gradient is nothing.
    if (x.size(0) == 0) return x.flatten(1).narrow(1, 0, options_.classes);
    x = fast_dropout(x, options_.dropout, is_training(), share);
    x = gru_layer(x, gru_, steps);
    note("gru", "GRU, both ways", x, gru_.get());
    x = pooling_(x, mask);
    note("attention", "mean and deviation by attention", x, pooling_.get());
    x = fast_dropout(x, options_.dropout, is_training(), share);
    x = output_(x);
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

 private:
  static std::int64_t halved(std::int64_t size) { return (size + 1) / 2; }

  /// After every layer, so that what stands beyond a clip's end is zero for the next kernel,
  /// however far a batch is padded.
  static torch::Tensor masked(const torch::Tensor& x, const torch::Tensor& mask) {
    return x * mask.view({x.size(0), 1, -1, 1}).to(x.scalar_type());
  }

  ResGruOptions options_;
  torch::nn::Conv2d stem_ = nullptr;
  torch::nn::BatchNorm2d stem_norm_ = nullptr;
  std::vector<ResidualBlock> blocks_;
  torch::nn::GRU gru_ = nullptr;
  AttentionPooling pooling_ = nullptr;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_res_gru(ResGruOptions options, std::uint64_t seed) {
  return made_network<ResGru>(options, seed);
}

}  // namespace aver
