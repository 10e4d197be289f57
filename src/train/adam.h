#pragma once

#include <torch/torch.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/safetensors.h"

namespace aver {

/// Adam exactly as Keras computes it: rate·√(1-β₂ᵗ)/(1-β₁ᵗ) · m/(√v + ε) with ε = 1e-7, so ε stands
/// outside the bias correction (LibTorch has it inside). β₁ .9, β₂ .999. Its state can be stored by
/// parameter name with any version of LibTorch.
class Adam {
 public:
  /// Parameters of `network` that require a gradient.
  /// `weight_decay` is AdamW's (Loshchilov & Hutter 2019), of weights and not of biases and norms.
  Adam(const torch::nn::Module& network, double learning_rate, double weight_decay = 0);

  /// The rate of the parameters of these names is from now on a factor of that of the others.
  void scale_rate(const std::set<std::string>& names, double factor);

  void zero_grad();
  void step();

  double learning_rate() const { return learning_rate_; }
  void set_learning_rate(double rate) { learning_rate_ = rate; }

  std::int64_t steps() const { return steps_; }
  /// "m.<parameter>" and "v.<parameter>".
  std::map<std::string, TensorBytes> state() const;
  void restore(std::int64_t steps, const std::map<std::string, TensorBytes>& state,
               const std::string& source);

 private:
  struct Slot {
    std::string name;
    torch::Tensor parameter, m, v;
    double rate_factor = 1;
  };
  std::vector<Slot> slots_;
  double learning_rate_;
  double weight_decay_;
  std::int64_t steps_ = 0;
};

}  // namespace aver
