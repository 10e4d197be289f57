#include "nn/joint_net.h"

#include <fmt/format.h>

#include <cmath>

#include "nn/cpu/dropout.h"
#include "nn/cpu/gru_layer.h"
#include "nn/made_network.h"
#include "nn/sequence.h"
#include "nn/series_network.h"

namespace aver {
namespace {

class SeriesJoint final : public SeriesNetwork {
 public:
  explicit SeriesJoint(const SeriesJointOptions& options)
      : SeriesNetwork(options), options_(options) {
    if (options_.series.empty()) options_.series = {options.coefficients};
    const std::int64_t states = 2 * std::int64_t{options.gru};
    for (const int features : options_.series) {
      const std::string number = std::to_string(parts_.size() + 1);
      Part part;
      part.features = features;
      part.first = register_module("first" + number, torch::nn::Linear(features, options.units));
      part.gru = register_module("gru" + number,
                                 torch::nn::GRU(torch::nn::GRUOptions(options.units, options.gru)
                                                    .batch_first(true)
                                                    .bidirectional(true)));
      if (options_.series.size() > 1) {
        part.asks = register_module("asks" + number, torch::nn::Linear(states, options.attention));
        part.offers =
            register_module("offers" + number, torch::nn::Linear(states, options.attention));
        part.says = register_module("says" + number, torch::nn::Linear(states, states));
        part.norm = register_module("norm" + number,
                                    torch::nn::LayerNorm(torch::nn::LayerNormOptions({states})));
      }
      part.pooling =
          register_module("attention" + number, AttentionPooling(states, options.attention));
      parts_.push_back(std::move(part));
    }
    output_ = register_module(
        "output",
        torch::nn::Linear(2 * states * static_cast<std::int64_t>(parts_.size()), options.classes));
  }

 private:
  struct Part {
    std::int64_t features = 0;
    torch::nn::Linear first = nullptr, asks = nullptr, offers = nullptr, says = nullptr;
    torch::nn::GRU gru = nullptr;
    torch::nn::LayerNorm norm = nullptr;
    AttentionPooling pooling = nullptr;
  };

  /// Which series of each item are there: [N, 1] of ones and zeros for each.
  std::vector<torch::Tensor> there(std::int64_t items) {
    const auto count = parts_.size();
    std::vector<torch::Tensor> all(count, torch::ones({items, 1, 1}));
    if (!is_training() || options_.modality_dropout == 0 || count < 2) return all;
    for (auto& part : all) part = part.clone();
    const std::uint64_t seed = draw_seed();
    const std::int64_t before = share != nullptr ? share->begin : 0;
    for (std::int64_t i = 0; i < items; ++i) {
      const auto bits = item_seed(seed, static_cast<std::uint64_t>(before + i));
      const double drawn = static_cast<double>(bits >> 11) / 9007199254740992.0;  // of 2^53
      if (drawn >= options_.modality_dropout) continue;
      const auto away =
          static_cast<std::size_t>(drawn / options_.modality_dropout * static_cast<double>(count));
      all[std::min(away, count - 1)][i] = 0;
    }
    return all;
  }

  /// What each step of a series hears from the steps of another.
  torch::Tensor heard(Part& part, const torch::Tensor& own, Part& other,
                      const torch::Tensor& others, const torch::Tensor& mask) {
    const double scale = 1 / std::sqrt(static_cast<double>(options_.attention));
    auto match = torch::bmm(part.asks(own), other.offers(others).transpose(1, 2)) * scale;
    match = match.masked_fill(mask.transpose(1, 2).eq(0), -1e9);
    return torch::bmm(torch::softmax(match, 2), other.says(others));
  }

  torch::Tensor answer(const Steps& steps) override {
    const auto present = there(steps.inputs.size(0));
    std::vector<torch::Tensor> states;
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto& part = parts_[i];
      auto x = steps.inputs.narrow(2, begin, part.features) * present[i].to(steps.inputs.device());
      begin += part.features;
      x = torch::relu(part.first(dropped(x, options_.input_dropout)));
      note(fmt::format("first{}", i + 1), "Dense, ReLU", x, part.first.get());
      x = gru_layer(dropped(x, options_.dropout), part.gru, steps.counts);
      note(fmt::format("gru{}", i + 1), "GRU, both ways", x, part.gru.get());
      states.push_back(x);
    }
    const auto mask = steps.mask.squeeze(2);
    std::vector<torch::Tensor> said;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto x = states[i];
      for (std::size_t k = 0; k < parts_.size(); ++k) {
        if (k != i) x = x + heard(parts_[i], states[i], parts_[k], states[k], steps.mask);
      }
      if (parts_.size() > 1) {
        note_cross(i, x);
        x = parts_[i].norm(x);
        note(fmt::format("norm{}", i + 1), "LayerNormalization", x, parts_[i].norm.get());
      }
      x = parts_[i].pooling(x, mask);
      note(fmt::format("attention{}", i + 1), "mean and deviation by attention", x,
           parts_[i].pooling.get());
      said.push_back(x);
    }
    auto x = output_(dropped(torch::cat(said, 1), options_.dropout));
    note("output", "Dense, softmax", x, output_.get());
    return x;
  }

  void note_cross(std::size_t i, const torch::Tensor& x) {
    const auto number = i + 1;
    note(fmt::format("asks{}", number), "Dense, compared with the others", x, parts_[i].asks.get());
    note(fmt::format("offers{}", number), "Dense, what others compare", x, parts_[i].offers.get());
    note(fmt::format("says{}", number), "Dense, what others hear, added", x, parts_[i].says.get());
  }

  SeriesJointOptions options_;
  std::vector<Part> parts_;
  torch::nn::Linear output_ = nullptr;
};

}  // namespace

std::shared_ptr<Network> make_joint_net(SeriesJointOptions options, std::uint64_t seed) {
  return made_network<SeriesJoint>(options, seed);
}

}  // namespace aver
