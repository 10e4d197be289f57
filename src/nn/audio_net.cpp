#include "nn/audio_net.h"

#include <fmt/format.h>

#include <array>

#include "nn/cpu/channels_last.h"
#include "nn/cpu/dropout.h"
#include "nn/cpu/lstm_layer.h"
#include "nn/cpu/relu_norm_pool.h"
#include "nn/made_network.h"

namespace aver {
namespace {

class AudioNet final : public Network {
 public:
  explicit AudioNet(const AudioNetOptions& options) : options_(options) {
    std::int64_t channels = 1;
    for (std::size_t i = 0; i < 3; ++i) {
      auto settings = torch::nn::Conv2dOptions(channels, options.filters[i], 3);
      if (options.padding == Padding::same) settings.padding(1);
      convolutions_[i] = register_module(fmt::format("conv{}", i + 1), torch::nn::Conv2d(settings));
      channels = options.filters[i];
      if (i < 2 || options.third_norm) {
        // Keras's momentum .99 counts what stays, LibTorch's what is new.
        norms_[i] =
            register_module(fmt::format("norm{}", i + 1),
                            torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels)
                                                       .momentum(1.0 - options.norm_momentum)
                                                       .eps(1e-3)));
      }
    }
    std::int64_t units = options.size_after_pooling(options.coefficients) * channels;
    for (std::size_t i = 0; i < options.lstm.size(); ++i) {
      lstms_.push_back(register_module(
          fmt::format("lstm{}", i + 1),
          torch::nn::LSTM(torch::nn::LSTMOptions(units, options.lstm[i]).batch_first(true))));
      units = options.lstm[i];
    }
    dense_ = register_module("dense1", torch::nn::Linear(units, options.dense));
    output_ = register_module("output", torch::nn::Linear(options.dense, options.classes));
  }

  std::vector<std::int64_t> input_shape() const override {
    return {options_.max_frames, options_.coefficients};
  }

  std::string layer_with_places() const override { return "conv3"; }

  torch::Tensor forward(torch::Tensor x, const torch::Tensor& lengths) override {
    x = x.unsqueeze(1);
    note("input", "features, zero-padded", x);
    if (is_training() && precision == Precision::bf16) x = x.to(torch::kBFloat16);
    for (std::size_t i = 0; i < 3; ++i) x = convolve(x, i);
    // [N, channels, steps, coefficients] -> [N, steps, coefficients · channels]; no copy in
    // channels-last memory.
    x = x.permute({0, 2, 3, 1}).flatten(2);
    note("reshape", "each step flattened", x);
    for (std::size_t i = 0; i < lstms_.size(); ++i) {
      x = lstm_layers(x, lstms_[i]);
      const bool last = i + 1 == lstms_.size();
      if (last) x = last_state(x, lengths);
      note(fmt::format("lstm{}", i + 1), last ? "LSTM, last state" : "LSTM, all states", x,
           lstms_[i].get());
    }
    x = dense_(x).relu_();
    note("dense1", "Dense, ReLU", x, dense_.get());
    x = fast_dropout(x, options_.dropout, is_training(), share);
    note("dropout3", fmt::format("Dropout {}", options_.dropout), x);
    x = output_(x);
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

 private:
  // The second and third convolution are pooled.
  torch::Tensor convolve(torch::Tensor x, std::size_t i) {
    x = convolve_channels_last(x, *convolutions_[i], border_of(options_.padding));
    note(fmt::format("conv{}", i + 1), "Conv2D 3x3, ReLU", x, convolutions_[i].get());
    if (norms_[i]) {
      note(fmt::format("norm{}", i + 1), "BatchNormalization", x, norms_[i].get());
    }
    const bool pooled = i > 0;
    x = relu_norm_pool(x, {norms_[i], pooled, pooled ? options_.dropout : 0.0}, is_training(),
                       share);
    if (pooled) {
      note(fmt::format("pool{}", i), "MaxPooling2D 2x2", x);
      note(fmt::format("dropout{}", i), fmt::format("Dropout {}", options_.dropout), x);
    }
    return x;
  }

  torch::Tensor last_state(const torch::Tensor& states, const torch::Tensor& lengths) const {
    if (!options_.mask_padding) return states.select(1, states.size(1) - 1);
    const auto host = lengths.to(torch::kCPU, torch::kInt64).contiguous();
    auto steps = torch::empty({host.size(0)}, torch::kInt64);
    for (std::int64_t i = 0; i < host.size(0); ++i) {
      const int length = static_cast<int>(host.data_ptr<std::int64_t>()[i]);
      const auto own = static_cast<std::int64_t>(options_.size_after_pooling(length));
      steps.data_ptr<std::int64_t>()[i] = std::clamp<std::int64_t>(own, 1, states.size(1)) - 1;
    }
    const auto rows = torch::arange(states.size(0), torch::kInt64).to(states.device());
    return states.index({rows, steps.to(states.device())});
  }

  AudioNetOptions options_;
  std::array<torch::nn::Conv2d, 3> convolutions_ = {nullptr, nullptr, nullptr};
  std::array<torch::nn::BatchNorm2d, 3> norms_ = {nullptr, nullptr, nullptr};
  std::vector<torch::nn::LSTM> lstms_;
  torch::nn::Linear dense_ = nullptr;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_audio_net(AudioNetOptions options, std::uint64_t seed) {
  return made_network<AudioNet>(options, seed);
}

}  // namespace aver
