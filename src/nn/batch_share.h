#pragma once

#include <cstdint>
#include <functional>

namespace at {
class Tensor;
}

namespace aver {

/// The part of a training batch that this process computes, where several processes share every
/// batch. Each of them must compute its part, even one without items.
struct BatchShare {
  std::int64_t begin = 0;  ///< place of its first item in the whole batch
  std::int64_t batch = 0;  ///< items of the whole batch
  /// Adds a tensor up over the processes, in place. All of them call it in the same order.
  std::function<void(at::Tensor&)> sum;
};

}  // namespace aver
