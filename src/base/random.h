#pragma once

#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace aver {

/// A seed for one purpose, derived from the run's seed and any number of positions (epoch, item
/// index…). Never derived from a thread, so results do not move with the number of workers.
std::uint64_t derive_seed(std::uint64_t seed, std::initializer_list<std::uint64_t> path);

/// Seeded generator (xoshiro256**, Blackman & Vigna 2018). Integers and shuffles are drawn by our
/// own functions because the standard library's distributions differ between implementations.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in {0 … bound-1}, unbiased; bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Standard normal (Box-Muller, one value per two draws).
  double normal();

  /// Fisher-Yates, in place.
  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(i)]);
    }
  }

  /// A random order of 0 … count-1.
  std::vector<std::size_t> permutation(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(std::span(order));
    return order;
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace aver
