#include "nn/speaker_lstm.h"

#include "nn/cpu/lstm_layer.h"
#include "nn/made_network.h"
#include "nn/sequence.h"
#include "nn/series_network.h"

namespace aver {
namespace {

class SpeakerLstm final : public SeriesNetwork {
 public:
  explicit SpeakerLstm(const SpeakerLstmOptions& options)
      : SeriesNetwork(options), options_(options) {
    lstm_ = register_module(
        "lstm", torch::nn::LSTM(torch::nn::LSTMOptions(options.coefficients, options.units)
                                    .num_layers(options.layers)
                                    .batch_first(true)));
    const std::int64_t said = 2 * std::int64_t{options.units};
    norm_ = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({said})));
    output_ = register_module("output", torch::nn::Linear(said, options.classes));
  }

 private:
  torch::Tensor answer(const Steps& steps) override {
    // What is padded comes after a clip's own steps, whose states have not heard of it.
    auto x = lstm_layers(torch::pow(10.0, steps.inputs / 10.0), lstm_);
    note("lstm", "LSTM over the power", x, lstm_.get());
    const auto weights = steps.mask / steps.mask.sum(1, /*keepdim=*/true);
    x = norm_(mean_and_deviation(x, weights));
    note("norm", "mean and deviation, norm", x, norm_.get());
    x = output_(dropped(x, options_.dropout));
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

  SpeakerLstmOptions options_;
  torch::nn::LSTM lstm_ = nullptr;
  torch::nn::LayerNorm norm_ = nullptr;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_speaker_lstm(SpeakerLstmOptions options, std::uint64_t seed) {
  return made_network<SpeakerLstm>(options, seed);
}

}  // namespace aver
