#include "nn/series_network.h"

#include "nn/cpu/dropout.h"
#include "nn/sequence.h"

namespace aver {

Steps::Steps(const torch::Tensor& x, const torch::Tensor& lengths, const BatchShare* share)
    : counts(lengths.to(torch::kCPU, torch::kInt64).clamp(1, x.size(1))),
      inputs(x.narrow(1, 0, longest_of(counts, share))),
      mask(mask_of(counts, inputs.size(1)).to(x.device()).unsqueeze(2)) {}

torch::Tensor SeriesNetwork::forward(torch::Tensor x, const torch::Tensor& lengths) {
  note("input", "features, zero-padded", x);
  const Steps steps(x, lengths, is_training() ? share : nullptr);
  // A process without items has no part in the gradient.
  if (x.size(0) == 0) return x.flatten(1).narrow(1, 0, 0).expand({0, classes_});
  return answer(steps);
}

torch::Tensor SeriesNetwork::dropped(const torch::Tensor& x, double rate) {
  return fast_dropout(x, rate, is_training(), share);
}

}  // namespace aver
