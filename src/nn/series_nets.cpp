#include "nn/series_nets.h"

#include <fmt/format.h>

#include "nn/cpu/gru_layer.h"
#include "nn/made_network.h"
#include "nn/sequence.h"
#include "nn/series_network.h"

namespace aver {
namespace {

class SeriesGru final : public SeriesNetwork {
 public:
  explicit SeriesGru(const SeriesGruOptions& options) : SeriesNetwork(options), options_(options) {
    first_ = register_module("first", torch::nn::Linear(options.coefficients, options.units));
    gru_ = register_module("gru", torch::nn::GRU(torch::nn::GRUOptions(options.units, options.gru)
                                                     .batch_first(true)
                                                     .bidirectional(true)));
    pooling_ = register_module("attention", AttentionPooling(2 * options.gru, options.attention));
    output_ = register_module("output", torch::nn::Linear(4 * options.gru, options.classes));
  }

 private:
  torch::Tensor answer(const Steps& steps) override {
    auto x = torch::relu(first_(dropped(steps.inputs, options_.input_dropout)));
    note("first", "Dense, ReLU", x, first_.get());
    x = gru_layer(dropped(x, options_.dropout), gru_, steps.counts);
    note("gru", "GRU, both ways", x, gru_.get());
    x = pooling_(x, steps.mask.squeeze(2));
    note("attention", "mean and deviation by attention", x, pooling_.get());
    x = output_(dropped(x, options_.dropout));
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

  SeriesGruOptions options_;
  torch::nn::Linear first_ = nullptr, output_ = nullptr;
  torch::nn::GRU gru_ = nullptr;
  AttentionPooling pooling_ = nullptr;
};

class SeriesTcn final : public SeriesNetwork {
 public:
  explicit SeriesTcn(const SeriesTcnOptions& options) : SeriesNetwork(options), options_(options) {
    const std::int64_t units = options.units;
    first_ = register_module("first", torch::nn::Linear(options.coefficients, units));
    for (int i = 0; i < options.blocks; ++i) {
      const std::int64_t reach = std::int64_t{1} << i;
      Block block;
      block.norm = register_module(fmt::format("norm{}", i + 1),
                                   torch::nn::LayerNorm(torch::nn::LayerNormOptions({units})));
      block.convolution = register_module(
          fmt::format("conv{}", i + 1),
          torch::nn::Conv1d(
              torch::nn::Conv1dOptions(units, units, 3).dilation(reach).padding(reach)));
      blocks_.push_back(block);
    }
    pooling_ = register_module("attention", AttentionPooling(units, options.attention));
    output_ = register_module("output", torch::nn::Linear(2 * units, options.classes));
  }

 private:
  struct Block {
    torch::nn::LayerNorm norm = nullptr;
    torch::nn::Conv1d convolution = nullptr;
  };

  torch::Tensor answer(const Steps& steps) override {
    auto x = first_(dropped(steps.inputs, options_.input_dropout));
    note("first", "Dense", x, first_.get());
    for (auto& block : blocks_) {
      const auto number = &block - blocks_.data() + 1;
      const auto normed = block.norm(x) * steps.mask;
      note(fmt::format("norm{}", number), "LayerNormalization", normed, block.norm.get());
      const auto seen = block.convolution(normed.transpose(1, 2)).transpose(1, 2);
      x = x + dropped(torch::relu(seen), options_.dropout);
      note(fmt::format("conv{}", number), "Conv1D 3, ReLU, added", x, block.convolution.get());
    }
    x = pooling_(x, steps.mask.squeeze(2));
    note("attention", "mean and deviation by attention", x, pooling_.get());
    x = output_(dropped(x, options_.dropout));
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

  SeriesTcnOptions options_;
  torch::nn::Linear first_ = nullptr, output_ = nullptr;
  std::vector<Block> blocks_;
  AttentionPooling pooling_ = nullptr;
};

class SeriesLinear final : public SeriesNetwork {
 public:
  explicit SeriesLinear(const SeriesLinearOptions& options)
      : SeriesNetwork(options), options_(options) {
    output_ = register_module("output", torch::nn::Linear(options.coefficients, options.classes));
  }

 private:
  torch::Tensor answer(const Steps& steps) override {
    auto x = (steps.inputs * steps.mask).sum(1) / steps.mask.sum(1);
    note("mean", "mean over the steps", x);
    x = output_(dropped(x, options_.input_dropout));
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

  SeriesLinearOptions options_;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_series_gru(SeriesGruOptions options, std::uint64_t seed) {
  return made_network<SeriesGru>(options, seed);
}

std::shared_ptr<Network> make_series_tcn(SeriesTcnOptions options, std::uint64_t seed) {
  return made_network<SeriesTcn>(options, seed);
}

std::shared_ptr<Network> make_series_linear(SeriesLinearOptions options, std::uint64_t seed) {
  return made_network<SeriesLinear>(options, seed);
}

}  // namespace aver
