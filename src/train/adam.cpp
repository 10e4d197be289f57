#include "train/adam.h"

#include <ATen/Parallel.h>

#include <cmath>

#include "base/error.h"
#include "train/adam_kernel.h"
#include "train/tensors.h"

namespace aver {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-7;

// The moments lie in memory as their parameter does; a gradient need not.
void update_on_cpu(const AdamStep& step, torch::Tensor& parameter, torch::Tensor& m,
                   torch::Tensor& v, const torch::Tensor& given) {
  const torch::Tensor gradient =
      given.strides() == parameter.strides() ? given : torch::empty_like(parameter).copy_(given);
  float* p = parameter.data_ptr<float>();
  at::parallel_for(0, parameter.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
    adam_update(step, end - begin, p + begin, m.data_ptr<float>() + begin,
                v.data_ptr<float>() + begin, gradient.data_ptr<float>() + begin);
  });
}

}  // namespace

Adam::Adam(const torch::nn::Module& network, double learning_rate, double weight_decay)
    : learning_rate_(learning_rate), weight_decay_(weight_decay) {
  for (const auto& item : network.named_parameters()) {
    if (!item.value().requires_grad()) continue;
    slots_.push_back({item.key(), item.value(), torch::zeros_like(item.value()),
                      torch::zeros_like(item.value())});
  }
}

void Adam::scale_rate(const std::set<std::string>& names, double factor) {
  for (auto& slot : slots_) {
    if (names.contains(slot.name)) slot.rate_factor = factor;
  }
}

void Adam::zero_grad() {
  for (auto& slot : slots_) slot.parameter.mutable_grad() = torch::Tensor();
}

void Adam::step() {
  torch::NoGradGuard no_grad;
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double rate =
      learning_rate_ * std::sqrt(1.0 - std::pow(kBeta2, t)) / (1.0 - std::pow(kBeta1, t));
  for (auto& slot : slots_) {
    const auto& gradient = slot.parameter.grad();
    if (!gradient.defined()) continue;
    const double own_rate = rate * slot.rate_factor;
    if (weight_decay_ > 0 && slot.parameter.dim() > 1) {
      slot.parameter.mul_(1.0 - learning_rate_ * slot.rate_factor * weight_decay_);
    }
    if (slot.parameter.is_cpu()) {
      const AdamStep update{static_cast<float>(kBeta1), static_cast<float>(kBeta2),
                            static_cast<float>(kEpsilon), static_cast<float>(own_rate)};
      update_on_cpu(update, slot.parameter, slot.m, slot.v, gradient);
    } else {
      slot.m.mul_(kBeta1).add_(gradient, 1.0 - kBeta1);
      slot.v.mul_(kBeta2).addcmul_(gradient, gradient, 1.0 - kBeta2);
      slot.parameter.addcdiv_(slot.m, slot.v.sqrt().add_(kEpsilon), -own_rate);
    }
  }
}

std::map<std::string, TensorBytes> Adam::state() const {
  std::map<std::string, TensorBytes> state;
  for (const auto& slot : slots_) {
    state["m." + slot.name] = to_bytes(slot.m);
    state["v." + slot.name] = to_bytes(slot.v);
  }
  return state;
}

void Adam::restore(std::int64_t steps, const std::map<std::string, TensorBytes>& state,
                   const std::string& source) {
  steps_ = steps;
  for (auto& slot : slots_) {
    restore_tensor(slot.m, "m." + slot.name, state, source);
    restore_tensor(slot.v, "v." + slot.name, state, source);
  }
}

}  // namespace aver
