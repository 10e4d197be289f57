#pragma once

#include <cstdint>
#include <vector>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// A batch as far as its longest clip goes.
struct Steps {
  torch::Tensor counts;  ///< int64 [N]
  torch::Tensor inputs;  ///< [N, steps, features]
  torch::Tensor mask;    ///< [N, steps, 1]

  /// `share` is null outside a group's training.
  Steps(const torch::Tensor& x, const torch::Tensor& lengths, const BatchShare* share);
};

/// What the networks for series of features have in common: padding has no say.
class SeriesNetwork : public Network {
 public:
  explicit SeriesNetwork(const SeriesNetworkOptions& options)
      : shape_({options.max_frames, options.coefficients}), classes_(options.classes) {}

  std::vector<std::int64_t> input_shape() const final { return shape_; }
  bool takes_any_length() const final { return true; }
  torch::Tensor forward(torch::Tensor x, const torch::Tensor& lengths) final;

 protected:
  /// Logits of at least one item.
  virtual torch::Tensor answer(const Steps& steps) = 0;
  torch::Tensor dropped(const torch::Tensor& x, double rate);

 private:
  std::vector<std::int64_t> shape_;
  std::int64_t classes_;
};

}  // namespace aver
