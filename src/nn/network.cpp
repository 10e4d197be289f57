#include "nn/network.h"

namespace aver {
namespace {

// As Keras counts: everything that is stored, except the LSTM bias that is fixed at zero.
std::int64_t count_parameters(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& item : module.named_parameters()) {
    if (item.value().requires_grad()) count += item.value().numel();
  }
  for (const auto& item : module.named_buffers()) {
    if (item.value().is_floating_point()) count += item.value().numel();
  }
  return count;
}

void initialise_dense(torch::Tensor weight, torch::Tensor bias) {
  torch::nn::init::xavier_uniform_(weight);
  torch::nn::init::zeros_(bias);
}

void initialise_lstm(torch::nn::LSTMImpl& lstm) {
  const std::int64_t units = lstm.options.hidden_size();
  const auto& weights = lstm.all_weights();
  for (std::size_t i = 0; i < weights.size(); i += 4) {
    auto input = weights[i], state = weights[i + 1], bias = weights[i + 2], second = weights[i + 3];
    torch::nn::init::xavier_uniform_(input);
    // Keras draws one orthogonal [units, 4·units] matrix; LibTorch stores its transpose.
    torch::nn::init::orthogonal_(state);
    torch::nn::init::zeros_(bias);
    torch::nn::init::zeros_(second);
    bias.narrow(0, units, units).fill_(1.0);  // gates: input, forget, cell, output
    second.set_requires_grad(false);
  }
}

void initialise_gru(torch::nn::GRUImpl& gru) {
  for (auto& item : gru.named_parameters()) {
    if (item.key().starts_with("weight_ih")) torch::nn::init::xavier_uniform_(item.value());
    if (item.key().starts_with("weight_hh")) torch::nn::init::orthogonal_(item.value());
    if (item.key().starts_with("bias")) torch::nn::init::zeros_(item.value());
  }
}

}  // namespace

void Network::note(const std::string& name, const std::string& kind, const torch::Tensor& output,
                   const torch::nn::Module* weights) const {
  if (kept != nullptr && kept->layer == name) kept->output = output;
  if (trace == nullptr) return;
  std::vector<std::int64_t> shape(output.sizes().begin() + 1, output.sizes().end());
  if (output.dim() == 4) {
    shape = {output.size(2), output.size(3), output.size(1)};
  }
  trace->push_back({name, kind, shape, weights ? count_parameters(*weights) : 0});
}

void initialise_like_keras(torch::nn::Module& network, std::uint64_t seed) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(seed);
  for (const auto& module : network.modules(/*include_self=*/false)) {
    if (auto* conv = module->as<torch::nn::Conv2d>()) {
      initialise_dense(conv->weight, conv->bias);
      // As they are used: nothing is reordered at each step.
      conv->weight.set_data(conv->weight.contiguous(torch::MemoryFormat::ChannelsLast));
    } else if (auto* dense = module->as<torch::nn::Linear>()) {
      initialise_dense(dense->weight, dense->bias);
    } else if (auto* gru = module->as<torch::nn::GRU>()) {
      initialise_gru(*gru);
    } else if (auto* lstm = module->as<torch::nn::LSTM>()) {
      initialise_lstm(*lstm);
    }
  }
}

std::vector<Layer> describe(Network& network) {
  torch::NoGradGuard no_grad;
  const bool training = network.is_training();
  network.eval();
  std::vector<Layer> layers;
  network.trace = &layers;
  auto shape = network.input_shape();
  shape.insert(shape.begin(), 1);
  const auto& device = network.parameters().front().device();
  network.forward(torch::zeros(shape, device),
                  torch::full({1}, shape[1], torch::kInt64).to(device));
  network.trace = nullptr;
  network.train(training);
  return layers;
}

}  // namespace aver
